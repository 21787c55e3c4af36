// A modal dialog with a title and a close button.

import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { Button } from "./Button.tsx";
import { CloseIcon } from "./icons.tsx";

interface Props {
  readonly title: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly children: ReactNode;
  readonly width?: number;
}

export function Dialog({ title, open, onOpenChange, children, width }: Props) {
  const opener = useRef<HTMLElement | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-veil" />
        <Radix.Content
          className="dialog"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The dialog itself, not its first button: whose tip would open, and take the first Escape; or what it says.
            event.preventDefault();
            opener.current = openerOf(document.activeElement);
            const dialog = event.currentTarget as HTMLElement;
            (dialog.querySelector<HTMLElement>("[data-first-focus]") ?? dialog).focus();
          }}
          onCloseAutoFocus={(event) => {
            // Whoever opened it is no trigger that the library knows of.
            event.preventDefault();
            if (opener.current?.isConnected) opener.current.focus();
          }}
          {...(width && { style: { width: `min(${width}px, calc(100vw - 32px))` } })}
        >
          <div className="dialog-head">
            <Radix.Title className="dialog-title">{title}</Radix.Title>
            <Radix.Close asChild>
              <Button kind="plain" label="Close">
                <CloseIcon />
              </Button>
            </Radix.Close>
          </div>
          <div className="dialog-body">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What the focus goes back to: what had it, or the button of the menu that had it. */
function openerOf(focused: Element | null): HTMLElement | null {
  const menu = focused?.closest("[role='menu']")?.getAttribute("aria-labelledby");
  const found = menu ? document.getElementById(menu) : focused;
  return found instanceof HTMLElement && found !== document.body ? found : null;
}
