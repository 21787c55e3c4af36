// What opens over the page and closes again, as the library draws it: loaded when the first of them is wanted (MenuButton.tsx,
// Select.tsx). Each is open when it comes, and is the library's from then on.

import { DropdownMenu, Popover, Select as Radix } from "radix-ui";
import { type ReactElement, type ReactNode, useRef } from "react";
import { ChevronIcon } from "./icons.tsx";
import type { SelectProps } from "./Select.tsx";

interface Opened {
  readonly button: ReactElement;
  /** Whoever opened it did so by a key: the first choice has the focus. */
  readonly byKey: boolean;
}

/** What a menu is made of, for whoever fills it. */
export type MenuParts = typeof DropdownMenu;

export interface MenuProps {
  readonly align: "start" | "end";
  readonly children: (parts: MenuParts) => ReactNode;
}

export function OpenedMenu({ button, byKey, align, children }: Opened & MenuProps) {
  const first = useRef(byKey);
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>{button}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          onFocus={({ target, currentTarget }) => {
            // The list itself has the focus when it comes: the library has not seen the key that opened it.
            if (!first.current || target !== currentTarget) return;
            first.current = false;
            currentTarget.querySelector<HTMLElement>("[role^=menuitem]:not([data-disabled])")?.focus();
          }}
          className="menu"
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          {children(DropdownMenu)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface PopoverProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

export function OpenedPopover({ button, label, className, children }: Opened & PopoverProps) {
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger asChild>{button}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={className}
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label={label}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement).focus();
          }}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

export function OpenedSelect({ label, value, options, onChange, disabled, onConsider }: SelectProps) {
  return (
    <Radix.Root
      defaultOpen
      value={value}
      onValueChange={onChange}
      disabled={disabled === true}
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
