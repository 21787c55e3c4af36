// One of a few short values, all in sight.

import { RadioGroup } from "radix-ui";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string; readonly disabled?: boolean }[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
}

export function Segments({ label, value, options, onChange, disabled = false }: Props) {
  return (
    <RadioGroup.Root
      className="segments"
      aria-label={label}
      value={value}
      onValueChange={onChange}
      disabled={disabled}
      orientation="horizontal"
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          className="segment"
          disabled={disabled || option.disabled === true}
        >
          {option.text}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
