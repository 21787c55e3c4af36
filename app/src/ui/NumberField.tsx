// A number typed in; given on when it is complete and valid, marked while it is not.

import { useEffect, useRef, useState } from "react";

interface Props {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly width?: number;
  readonly disabled?: boolean;
  /** What else a number must be. */
  readonly accepts?: (value: number) => boolean;
  readonly onChange: (value: number) => void;
}

export function NumberField({
  label,
  value,
  min,
  max,
  whole = false,
  width = 72,
  disabled,
  accepts = () => true,
  onChange,
}: Props) {
  const [text, setText] = useState(String(value));
  // What is being typed is not overwritten when the value changes meanwhile.
  const typing = useRef(false);
  useEffect(() => {
    if (!typing.current) setText(String(value));
  }, [value]);
  const typed = Number(text);
  const valid =
    text.trim() !== "" &&
    Number.isFinite(typed) &&
    typed >= min &&
    typed <= max &&
    (!whole || Number.isInteger(typed)) &&
    accepts(typed);
  const commit = () => {
    typing.current = false;
    if (valid && typed !== value) onChange(typed);
    else setText(String(value));
  };
  return (
    <input
      className="field"
      style={{ width }}
      inputMode="decimal"
      aria-label={label}
      aria-invalid={!valid}
      disabled={disabled}
      value={text}
      onChange={(event) => {
        typing.current = true;
        setText(event.target.value);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}
