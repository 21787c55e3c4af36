// Chooses one of many tensors: a field that is typed into, and a list of what matches.

import { Popover } from "radix-ui";
import { type KeyboardEvent, useId, useRef, useState } from "react";

export interface Choice {
  readonly key: string;
  readonly name: string;
}

interface Props {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (key: string) => void;
}

// More cannot be looked through: typing narrows them.
const most = 200;

export function TensorPicker({ label, value, choices, onChange }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const current = choices.find(({ key }) => key === value)?.name ?? "";
  const found = matches(choices, typed ?? "").slice(0, most);
  const close = () => {
    setOpen(false);
    setTyped(null);
  };
  const show = () => {
    setOpen(true);
    setAt(
      Math.max(
        0,
        found.findIndex(({ key }) => key === value),
      ),
    );
  };
  const choose = (choice: Choice | undefined) => {
    if (choice) onChange(choice.key);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (open) setAt(Math.max(0, Math.min(found.length - 1, at + move)));
      else show();
    } else if (event.key === "Enter" && open) choose(found[at]);
    else if (event.key === "Escape" && open) {
      event.stopPropagation();
      close();
    }
  };
  return (
    <Popover.Root open={open}>
      <Popover.Anchor asChild>
        <input
          ref={input}
          className="field tensor-field"
          role="combobox"
          aria-label={label}
          aria-expanded={open}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={open && found[at] ? `${id}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          value={typed ?? current}
          title={current}
          onFocus={(event) => event.currentTarget.select()}
          onClick={show}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
            setOpen(true);
          }}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          className="menu tensor-list"
          align="start"
          sideOffset={4}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          // Pressing an entry must not take the focus from the field, which would close the list.
          onMouseDown={(event) => event.preventDefault()}
        >
          <div id={id} role="listbox" aria-label={label}>
            {found.map((choice, i) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active entry
              <div
                key={choice.key}
                id={`${id}-${i}`}
                ref={i === at ? (element) => element?.scrollIntoView({ block: "nearest" }) : null}
                className="menu-item"
                role="option"
                aria-selected={choice.key === value}
                data-highlighted={i === at || undefined}
                data-state={choice.key === value ? "checked" : undefined}
                onPointerMove={() => setAt(i)}
                onClick={() => choose(choice)}
              >
                {choice.name}
              </div>
            ))}
          </div>
          {found.length === 0 && <p className="menu-label">Nothing of that name.</p>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function matches(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
}
