// A button with its few looks; an icon button says its name to those who cannot see the icon, and on hover to the others.

import type { ComponentProps } from "react";
import { Tip } from "./Tip.tsx";

interface Props extends ComponentProps<"button"> {
  readonly kind?: "plain" | "normal" | "primary";
  readonly size?: "normal" | "small";
  /** Name of a button that shows only an icon. */
  readonly label?: string;
}

export function Button({ kind = "normal", size = "normal", label, ...rest }: Props) {
  const button = (
    <button
      type="button"
      className="button"
      data-kind={kind}
      data-size={size}
      {...(label !== undefined && { "data-shape": "icon", "aria-label": label })}
      {...rest}
    />
  );
  return label === undefined ? button : <Tip text={rest.title ?? label}>{button}</Tip>;
}
