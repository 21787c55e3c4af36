// One of a few named values. The list comes with the first popup that is wanted; until then the choice looks and is named the same.

import { ChevronIcon } from "./icons.tsx";
import { usePopup } from "./usePopup.ts";

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  /** Called with the option that is pointed at or focused, and with null when the list is closed. */
  readonly onConsider?: (value: string | null) => void;
}

export function Select(select: SelectProps) {
  const { opened, props } = usePopup("listbox");
  if (opened) return <opened.popups.OpenedSelect {...select} />;
  const { label, value, options, disabled } = select;
  return (
    <button
      type="button"
      role="combobox"
      className="field select"
      aria-label={label}
      disabled={disabled}
      {...props}
      aria-expanded={false}
    >
      <span style={{ pointerEvents: "none" }}>{options.find((option) => option.value === value)?.text}</span>
      <ChevronIcon />
    </button>
  );
}
