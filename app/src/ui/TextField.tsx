// A labelled value typed as text; given on when it can be read, marked while it cannot.

import { useEffect, useId, useState } from "react";

interface Props<T> {
  readonly label: string;
  readonly value: string;
  /** null where the text is not such a value. */
  readonly read: (text: string) => T | null;
  readonly onChange: (value: T) => void;
  /** Given each readable value while it is typed, before it is given on. */
  readonly onType?: (value: T) => void;
  readonly disabled?: boolean;
  /** The label is for those who cannot see that the column says it. */
  readonly hidden?: boolean;
}

export function TextField<T>({ label, value, read, onChange, onType, disabled, hidden = false }: Props<T>) {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const parsed = read(text);
  const commit = () => {
    if (text === value) return;
    if (parsed === null) setText(value);
    else onChange(parsed);
  };
  return (
    <label className="text-field" htmlFor={id}>
      <span className={hidden ? "hidden" : undefined}>{label}</span>
      <input
        id={id}
        className="field"
        disabled={disabled}
        aria-invalid={parsed === null}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          const typed = read(event.target.value);
          if (typed !== null && event.target.value !== value) onType?.(typed);
        }}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
    </label>
  );
}
