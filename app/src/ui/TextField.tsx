// A labelled value typed as text; given on when it can be read, marked while it cannot.

import { useEffect, useId, useState } from "react";

interface Props<T> {
  readonly label: string;
  readonly value: string;
  /** null where the text is not such a value. */
  readonly read: (text: string) => T | null;
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

export function TextField<T>({ label, value, read, onChange, disabled }: Props<T>) {
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
      <span>{label}</span>
      <input
        id={id}
        className="field"
        disabled={disabled}
        aria-invalid={parsed === null}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
    </label>
  );
}
