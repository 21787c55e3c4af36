// One of a few short values, all in sight.

import { RadioGroup } from "radix-ui";

interface Option {
  readonly value: string;
  readonly text: string;
  readonly disabled?: boolean;
  /** What it means, or why it cannot be chosen: on hover. */
  readonly help?: string | undefined;
}

interface Props {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  /** Called with the option that is pointed at, and with null when none is any more. */
  readonly onConsider?: (value: string | null) => void;
}

export function Segments({ label, value, options, onChange, disabled = false, onConsider }: Props) {
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
          title={option.help}
          {...(onConsider && {
            // Over and out, not enter and leave: React makes those of an out that a capture elsewhere may have swallowed.
            onPointerOver: () => onConsider(option.value),
            onPointerOut: () => onConsider(null),
          })}
        >
          {option.text}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
