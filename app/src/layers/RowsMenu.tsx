// How the rows are arranged: grouped by module, sorted, opened and closed; and the way to the table.

import { type Cost, costs } from "../state/budget/costs.ts";
import { useBudget } from "../state/budget/store.ts";
import type { Sharing } from "../state/rows/cells.ts";
import {
  canGroup,
  isGrouped,
  setAllOpen,
  setGrouped,
  setSharing,
  showCost,
  sortBy,
  useArrangement,
} from "../state/rows/grouping.ts";
import { type Sort, sorts } from "../state/rows/rows.ts";
import { useStore } from "../state/store.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import { MenuButton } from "../ui/MenuButton.tsx";
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
    <MenuButton
      align="end"
      button={
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
      }
    >
      {(Menu) => (
        <>
          <Menu.CheckboxItem
            className="menu-item"
            checked={grouped}
            disabled={!layers || !canGroup(layers)}
            onCheckedChange={(on) => later(() => setGrouped(on))}
          >
            Group by module
            {layers && !canGroup(layers) && <span className="menu-note">The names have no parts</span>}
          </Menu.CheckboxItem>
          {grouped && (
            <>
              <Menu.Item className="menu-item" onSelect={() => later(() => setAllOpen(true))}>
                Open all groups
              </Menu.Item>
              <Menu.Item className="menu-item" onSelect={() => later(() => setAllOpen(false))}>
                Close all groups
              </Menu.Item>
              <Menu.Label className="menu-label">A group shows</Menu.Label>
              <Menu.RadioGroup
                value={sharing}
                onValueChange={(value) => later(() => setSharing(value as Sharing))}
              >
                {sharings.map(({ name, title, note }) => (
                  <Menu.RadioItem key={name} value={name} className="menu-item">
                    {title}
                    <span className="menu-note">{note}</span>
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </>
          )}
          <Menu.Label className="menu-label">Sort by</Menu.Label>
          <Menu.RadioGroup value={sort} onValueChange={(value) => later(() => sortBy(value as Sort))}>
            {sorts
              .filter((name) => name !== "cost" || cost !== "none")
              .map((name) => (
                <Menu.RadioItem key={name} value={name} className="menu-item">
                  {sortTitles[name].title}
                  {sortTitles[name].note && <span className="menu-note">{sortTitles[name].note}</span>}
                </Menu.RadioItem>
              ))}
          </Menu.RadioGroup>
          <Menu.Label className="menu-label">Cost beside the bytes</Menu.Label>
          <Menu.RadioGroup value={cost} onValueChange={(value) => later(() => showCost(value as Cost))}>
            {costs.map((name) => (
              <Menu.RadioItem key={name} value={name} className="menu-item">
                {name === "none" ? "None" : costWords[name].title}
                {name === "time" && !timed && (
                  <span className="menu-note">Once measured under Limits in the budget</span>
                )}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <ColumnsMenu menu={Menu} />
          <Menu.Separator className="menu-rule" />
          <Menu.Item className="menu-item" onSelect={onTable}>
            View as table…
          </Menu.Item>
        </>
      )}
    </MenuButton>
  );
}
