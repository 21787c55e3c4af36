// Starting points for the whole network.

import { presetOf } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { applyPreset } from "../state/study.ts";
import { Button } from "../ui/Button.tsx";
import { ChevronIcon } from "../ui/icons.tsx";
import { MenuButton } from "../ui/MenuButton.tsx";

const offered = [
  { name: "w8a8", title: "W8A8", note: "8-bit weights and activations" },
  { name: "w8", title: "W8", note: "8-bit weights, float activations" },
  { name: "w4", title: "W4", note: "4-bit weights in blocks of 32, float activations" },
  { name: "fp8", title: "FP8", note: "float8 E4M3 weights and activations" },
] as const;

const names = offered.map(({ name }) => name);

export function PresetMenu() {
  const model = useStore((state) => state.model);
  const current = useStore((state) => presetOf(state.recipe, names));
  return (
    <MenuButton
      align="end"
      button={
        <Button disabled={!model}>
          {offered.find(({ name }) => name === current)?.title ?? "Preset"}
          <ChevronIcon />
        </Button>
      }
    >
      {(Menu) => (
        <>
          <Menu.Label className="menu-label">Set all layers to</Menu.Label>
          {offered.map(({ name, title, note }) => (
            <Menu.CheckboxItem
              key={name}
              className="menu-item"
              checked={current === name}
              onSelect={() => applyPreset(name)}
            >
              {title}
              <span className="menu-note">{note}</span>
            </Menu.CheckboxItem>
          ))}
        </>
      )}
    </MenuButton>
  );
}
