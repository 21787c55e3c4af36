// A button with a panel behind it that opens beside it and is no dialog of its own.

import { cloneElement, type ReactElement } from "react";
import type { PopoverProps } from "./popups.tsx";
import { usePopup } from "./usePopup.ts";

interface Props extends PopoverProps {
  readonly button: ReactElement<object>;
}

export function PopoverButton({ button, ...popover }: Props) {
  const { opened, props } = usePopup("dialog");
  if (!opened) return cloneElement(button, props);
  const { popups, byKey } = opened;
  return <popups.OpenedPopover button={button} byKey={byKey} {...popover} />;
}
