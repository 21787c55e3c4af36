// A modal dialog with a title and a close button.

import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
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
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-veil" />
        <Radix.Content
          className="dialog"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // The dialog itself, not its first button: whose tip would open, and take the first Escape.
            event.preventDefault();
            (event.currentTarget as HTMLElement).focus();
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
