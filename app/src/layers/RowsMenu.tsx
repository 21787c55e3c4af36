// How the rows are arranged: grouped by module, sorted, opened and closed; and the way to the table.

import { DropdownMenu } from "radix-ui";
import { useBudget } from "../state/budgetStore.ts";
import { type Cost, costs } from "../state/costs.ts";
import {
  canGroup,
  isGrouped,
  setAllOpen,
  setGrouped,
  setSharing,
  showCost,
  sortBy,
  useArrangement,
} from "../state/grouping.ts";
import type { Sharing } from "../state/groupingCells.ts";
import { type Sort, sorts } from "../state/groupingRows.ts";
import { useStore } from "../state/store.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import { ColumnsMenu } from "./ColumnsMenu.tsx";
import { costWords } from "./useCosts.ts";

const sortTitles: Readonly<Record<Sort, { readonly title: string; readonly note?: string }>> = {
  file: { title: "File order" },
  size: { title: "Size", note: "Bytes of the float weights, largest first" },
  sensitivity: { title: "Sensitivity", note: "Loss at 4 bits, worst first" },
  cost: { title: "Cost to the device", note: "Bit operations or time now, most first" },
  savings: { title: "Savings per loss", note: "Bytes that 4 bits take off, by the loss they bring" },
};

const sharings: readonly { readonly name: Sharing; readonly title: string; readonly note: string }[] = [
  { name: "worst", title: "Worst layer", note: "The greatest loss of any of its layers" },
  { name: "sum", title: "Sum of layers", note: "All losses added, as if errors did not interact" },
];

/** Once the menu has closed: rows and menu together would be too much work for one frame. */
const later = (change: () => void) => void requestAnimationFrame(change);

export function RowsMenu({ onTable }: { readonly onTable: () => void }) {
  const layers = useStore((state) => state.model?.layers);
  const arrangement = useArrangement();
  const { sort, sharing, cost } = arrangement;
  const timed = useBudget((state) => state.times !== null);
  const grouped = layers !== undefined && isGrouped(arrangement, layers);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button
          type="button"
          className="estimator"
          aria-label={sort === "file" ? "Rows" : `Rows, sorted by ${sortTitles[sort].title.toLowerCase()}`}
          data-sorted={sort !== "file" || undefined}
          disabled={!layers}
        >
          Rows
          <ChevronIcon />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.CheckboxItem
            className="menu-item"
            checked={grouped}
            disabled={!layers || !canGroup(layers)}
            onCheckedChange={(on) => later(() => setGrouped(on))}
          >
            Group by module
            {layers && !canGroup(layers) && <span className="menu-note">The names have no parts</span>}
          </DropdownMenu.CheckboxItem>
          {grouped && (
            <>
              <DropdownMenu.Item className="menu-item" onSelect={() => later(() => setAllOpen(true))}>
                Open all groups
              </DropdownMenu.Item>
              <DropdownMenu.Item className="menu-item" onSelect={() => later(() => setAllOpen(false))}>
                Close all groups
              </DropdownMenu.Item>
              <DropdownMenu.Label className="menu-label">A group shows</DropdownMenu.Label>
              <DropdownMenu.RadioGroup
                value={sharing}
                onValueChange={(value) => later(() => setSharing(value as Sharing))}
              >
                {sharings.map(({ name, title, note }) => (
                  <DropdownMenu.RadioItem key={name} value={name} className="menu-item">
                    {title}
                    <span className="menu-note">{note}</span>
                  </DropdownMenu.RadioItem>
                ))}
              </DropdownMenu.RadioGroup>
            </>
          )}
          <DropdownMenu.Label className="menu-label">Sort by</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={sort} onValueChange={(value) => later(() => sortBy(value as Sort))}>
            {sorts
              .filter((name) => name !== "cost" || cost !== "none")
              .map((name) => (
                <DropdownMenu.RadioItem key={name} value={name} className="menu-item">
                  {sortTitles[name].title}
                  {sortTitles[name].note && <span className="menu-note">{sortTitles[name].note}</span>}
                </DropdownMenu.RadioItem>
              ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Label className="menu-label">Cost beside the bytes</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={cost}
            onValueChange={(value) => later(() => showCost(value as Cost))}
          >
            {costs.map((name) => (
              <DropdownMenu.RadioItem key={name} value={name} className="menu-item">
                {name === "none" ? "None" : costWords[name].title}
                {name === "time" && !timed && (
                  <span className="menu-note">Once measured under Limits in the budget</span>
                )}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <ColumnsMenu />
          <DropdownMenu.Separator className="menu-rule" />
          <DropdownMenu.Item className="menu-item" onSelect={onTable}>
            View as table…
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
