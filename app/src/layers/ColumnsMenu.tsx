// Which columns the heatmap has, as parts of a menu: widths and formats to be added, for weights and for activations.

import type { Target } from "@bitscape/engine";
import { DropdownMenu } from "radix-ui";
import { useAddedColumns } from "../state/addedColumns.ts";
import { isUsed, showColumn } from "../state/addingColumns.ts";
import { columnChoices } from "./columnChoices.ts";

const titles: Readonly<Record<Target, string>> = { weight: "Weights", activation: "Activations" };

export function ColumnsMenu() {
  return (
    <>
      <DropdownMenu.Label className="menu-label">More columns</DropdownMenu.Label>
      {(["weight", "activation"] as const).map((target) => (
        <DropdownMenu.Sub key={target}>
          <DropdownMenu.SubTrigger className="menu-item">{titles[target]} in…</DropdownMenu.SubTrigger>
          <DropdownMenu.Portal>
            <DropdownMenu.SubContent className="menu" sideOffset={2} alignOffset={-4}>
              <Choices target={target} />
            </DropdownMenu.SubContent>
          </DropdownMenu.Portal>
        </DropdownMenu.Sub>
      ))}
    </>
  );
}

function Choices({ target }: { readonly target: Target }) {
  const added = useAddedColumns((state) => state[target]);
  return columnChoices(target).map(({ column, title, note }) => {
    const used = isUsed(target, column);
    return (
      <DropdownMenu.CheckboxItem
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
      </DropdownMenu.CheckboxItem>
    );
  });
}
