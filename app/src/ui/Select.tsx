// One of a few named values.

import { Select as Radix } from "radix-ui";
import { ChevronIcon } from "./icons.tsx";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  /** Called with the option that is pointed at or focused, and with null when the list is closed. */
  readonly onConsider?: (value: string | null) => void;
}

export function Select({ label, value, options, onChange, disabled = false, onConsider }: Props) {
  return (
    <Radix.Root
      value={value}
      onValueChange={onChange}
      disabled={disabled}
      {...(onConsider && { onOpenChange: (open: boolean) => !open && onConsider(null) })}
    >
      <Radix.Trigger className="field select" aria-label={label}>
        <Radix.Value />
        <ChevronIcon />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" position="popper" sideOffset={4}>
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="menu-item"
                {...(onConsider && { onFocus: () => onConsider(option.value) })}
              >
                <Radix.ItemText>{option.text}</Radix.ItemText>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
