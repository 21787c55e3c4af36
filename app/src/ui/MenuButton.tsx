// A button with a menu behind it. Its parts are handed to whoever fills it, as the library that has them comes with the first menu.

import { cloneElement, type ReactElement } from "react";
import type { MenuProps } from "./popups.tsx";
import { usePopup } from "./usePopup.ts";

interface Props extends MenuProps {
  readonly button: ReactElement<object>;
}

export function MenuButton({ button, ...menu }: Props) {
  const { opened, props } = usePopup("menu");
  if (!opened) return cloneElement(button, props);
  const { popups, byKey } = opened;
  return <popups.OpenedMenu button={button} byKey={byKey} {...menu} />;
}
