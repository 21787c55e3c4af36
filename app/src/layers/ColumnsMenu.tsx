// Which columns the heatmap has, as parts of a menu: widths and formats to be added, for weights and for activations.

import type { Target } from "@bitscape/engine";
import { useAddedColumns } from "../state/addedColumns.ts";
import { isUsed, showColumn } from "../state/addingColumns.ts";
import type { MenuParts } from "../ui/popups.tsx";
import { columnChoices } from "./columnChoices.ts";

const titles: Readonly<Record<Target, string>> = { weight: "Weights", activation: "Activations" };

export function ColumnsMenu({ menu: Menu }: { readonly menu: MenuParts }) {
  return (
    <>
      <Menu.Label className="menu-label">More columns</Menu.Label>
      {(["weight", "activation"] as const).map((target) => (
        <Menu.Sub key={target}>
          <Menu.SubTrigger className="menu-item">{titles[target]} in…</Menu.SubTrigger>
          <Menu.Portal>
            <Menu.SubContent className="menu" sideOffset={2} alignOffset={-4}>
              <Choices menu={Menu} target={target} />
            </Menu.SubContent>
          </Menu.Portal>
        </Menu.Sub>
      ))}
    </>
  );
}

function Choices({ menu: Menu, target }: { readonly menu: MenuParts; readonly target: Target }) {
  const added = useAddedColumns((state) => state[target]);
  return columnChoices(target).map(({ column, title, note }) => {
    const used = isUsed(target, column);
    return (
      <Menu.CheckboxItem
        key={column}
        className="menu-item"
        checked={used || added.includes(column)}
        disabled={used}
        // Several may be wanted.
        onSelect={(event) => event.preventDefault()}
        onCheckedChange={(on) => showColumn(target, column, on)}
      >
        {title}
        <span className="menu-note">{used ? "a layer has it" : note}</span>
      </Menu.CheckboxItem>
    );
  });
}
