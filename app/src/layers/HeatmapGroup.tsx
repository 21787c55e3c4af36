// A group of layers: its name, the bytes of all of them, and cells that stand for all of theirs.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import type { Estimator } from "@bitscape/engine";
import { setOpen } from "../state/rows/grouping.ts";
import type { GroupRow } from "../state/rows/rows.ts";
import { ChevronIcon } from "../ui/icons.tsx";
import { formatBytes, formatCount } from "../ui/numbers.ts";
import type { Known } from "./boxes.ts";
import { CostCell } from "./CostCell.tsx";
import type { Layout } from "./columns.ts";
import { RowCells } from "./RowCells.tsx";
import type { RowSize } from "./rowSizes.ts";
import { SizeCell } from "./SizeCell.tsx";
import { treePlace } from "./treePlace.ts";
import { groupCellName } from "./words.ts";

interface Props {
  readonly row: GroupRow;
  readonly index: number;
  readonly layout: Layout;
  readonly known: Known;
  readonly synthetic: boolean;
  readonly metric: string;
  readonly estimator: Estimator;
  readonly active: number | null;
  readonly selected: boolean;
  readonly size: RowSize | undefined;
}

export function HeatmapGroup({ row, index, layout, known, active, selected, size, ...rest }: Props) {
  const { path, label, open, layers } = row;
  const bytes = size ? `, ${formatBytes(size.float)} float, ${formatBytes(size.now)} now` : "";
  return (
    <div
      className="heat-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-expanded={open}
      data-group=""
      data-selected={selected || undefined}
      {...treePlace(row, true)}
    >
      <div
        className="heat-name"
        role="rowheader"
        aria-label={`${path}, group of ${layers.length} layers${bytes}`}
        tabIndex={active === -1 ? 0 : -1}
        data-row={index}
        data-column={-1}
        onDoubleClick={() => setOpen(path, !open)}
      >
        {/* For the pointer; the keyboard has the arrows. */}
        <span
          className="heat-fold"
          aria-hidden="true"
          data-open={open || undefined}
          onPointerDown={(event) => {
            event.stopPropagation();
            event.preventDefault();
            if (event.button === 0) setOpen(path, !open);
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <ChevronIcon />
        </span>
        <span className="heat-id" title={path}>
          <bdi>{label}</bdi>
        </span>
        <span className="heat-op">{formatCount(layers.length)} layers</span>
      </div>
      <SizeCell size={size} />
      <CostCell name={path} layers={layers} />
      <RowCells
        row={row}
        index={index}
        layout={layout}
        known={known}
        active={active}
        name={(column, cell) => groupCellName(row, column, cell, { ...rest, sharing: known.sharing })}
      />
    </div>
  );
}
