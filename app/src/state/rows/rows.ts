// The rows of the heatmap in the order in which they are shown: layers, and the groups above them where they are grouped. Pure:
// takes what is asked (filter, sort, which groups are open), gives rows. Cells of groups are rows/cells.ts.

import type { LayerSummary } from "@bitscape/engine";
import { matching } from "../study.ts";
import { type Branch, type Group, treeOf } from "./tree.ts";

export interface LayerRow {
  readonly kind: "layer";
  /** Unique among rows. */
  readonly key: string;
  readonly layer: LayerSummary;
  readonly label: string;
  readonly place: Depth;
}

export interface GroupRow {
  readonly kind: "group";
  readonly key: string;
  readonly path: string;
  readonly label: string;
  readonly open: boolean;
  /** All layers below, in the order shown. */
  readonly layers: readonly LayerSummary[];
  readonly place: Depth;
}

/** Where a row is in the tree: level from 1, position among its siblings from 1, and the row of its group. */
export interface Depth {
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** Index of the row of the group it is in; −1 at the top. */
  readonly parent: number;
}

export type Row = LayerRow | GroupRow;

export const sorts = ["file", "size", "sensitivity", "savings", "cost"] as const;
export type Sort = (typeof sorts)[number];

export interface Asked {
  readonly layers: readonly LayerSummary[];
  readonly filter: string;
  readonly grouped: boolean;
  readonly isOpen: (path: string) => boolean;
  readonly sort: Sort;
  /** Loss of each layer at the reference width, or its cost where rows are sorted by that; where it is known. */
  readonly losses: ReadonlyMap<string, number>;
}

export interface Arranged {
  readonly rows: readonly Row[];
  /** All layers that the filter leaves, in order, those in closed groups too. */
  readonly order: readonly LayerSummary[];
  /** The row a layer is seen in: its own, or that of the outermost closed group above it. */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly tree: readonly Branch[];
}

/** The layers a row stands for. */
export const layersIn = (row: Row): readonly LayerSummary[] =>
  row.kind === "layer" ? [row.layer] : row.layers;

export function arrange({ layers, filter, grouped, isOpen, sort, losses }: Asked): Arranged {
  const found = matching(layers, filter);
  const named = new Map(found.map((layer) => [layer.id, layer]));
  const flat = () => found.map(({ id }): Branch => ({ kind: "leaf", id, label: id }));
  const tree = grouped ? modulesOf(found) : flat();
  const layersOf = (ids: readonly string[]) => ids.map((id) => named.get(id) as LayerSummary);
  const figure = figureOf(sort, losses);
  const rows: Row[] = [];
  const order: LayerSummary[] = [];
  const rowOf = new Map<string, number>();

  const visit = (branches: readonly Branch[], level: number, parent: number, seen: number) => {
    const sorted = figure ? sortedBy(branches, (branch) => figure(layersOf(idsOf(branch)))) : branches;
    for (const [i, branch] of sorted.entries()) {
      const place = { level, position: i + 1, siblings: sorted.length, parent };
      const at = seen < 0 ? rows.length : seen;
      if (branch.kind === "leaf") {
        const layer = named.get(branch.id) as LayerSummary;
        order.push(layer);
        rowOf.set(layer.id, at);
        if (seen < 0) rows.push({ kind: "layer", key: branch.id, layer, label: branch.label, place });
        continue;
      }
      const { path, label } = branch;
      const open = seen < 0 && isOpen(path);
      const first = order.length;
      // Its layers come in the order that sorting gives them below it.
      const below: LayerSummary[] = [];
      if (seen < 0)
        rows.push({ kind: "group", key: groupKey(branch), path, label, open, layers: below, place });
      visit(branch.children, level + 1, at, open ? -1 : at);
      for (const layer of order.slice(first)) below.push(layer);
    }
  };
  visit(tree, 1, -1, -1);
  return { rows, order, rowOf, tree };
}

const trees = new WeakMap<readonly LayerSummary[], readonly Branch[]>();

/** The tree of layers' names; remembered for the same array. */
export function modulesOf(layers: readonly LayerSummary[]): readonly Branch[] {
  const known = trees.get(layers) ?? treeOf(layers.map(({ id }) => id));
  trees.set(layers, known);
  return known;
}

// A group may be named as a layer is.
const groupKey = ({ path }: Group) => `group ${path}`;
const idsOf = (branch: Branch) => (branch.kind === "leaf" ? [branch.id] : branch.ids);

/** Bytes of layers' weights in the float file. */
export const floatBytes = (layers: readonly LayerSummary[]) =>
  layers.reduce((sum, { weights }) => weights.reduce((bytes, weight) => bytes + weight.bytes, sum), 0);

/** The width at which layers are compared. */
export const referenceBits = 4;

/** Bytes that the reference width takes off layers' weights, scales not counted. */
const savedBytes = (layers: readonly LayerSummary[]) =>
  layers.reduce(
    (sum, { weights }) =>
      weights.reduce((bytes, weight) => bytes + weight.bytes - (weight.elements * referenceBits) / 8, sum),
    0,
  );

/** What layers are sorted by, greatest first; NaN where it is not known; undefined for the order of the file. */
function figureOf(
  sort: Sort,
  losses: ReadonlyMap<string, number>,
): ((layers: readonly LayerSummary[]) => number) | undefined {
  const loss = (layers: readonly LayerSummary[]) => {
    const known = layers.flatMap(({ id }) => losses.get(id) ?? []);
    return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0);
  };
  // A loss that noise makes zero or less is a gain beyond all others, not a negative one.
  const least = 1e-9;
  const figures: Readonly<Record<Sort, ((layers: readonly LayerSummary[]) => number) | undefined>> = {
    file: undefined,
    size: floatBytes,
    sensitivity: loss,
    cost: loss,
    savings: (layers) => savedBytes(layers) / Math.max(least, loss(layers)),
  };
  return figures[sort];
}

/** Greatest first, the unknown last, otherwise as they were. */
function sortedBy<T>(items: readonly T[], figure: (item: T) => number): T[] {
  const keyed = items.map((item) => ({ item, value: figure(item) }));
  const rank = (value: number) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value);
  keyed.sort((a, b) => (rank(a.value) === rank(b.value) ? 0 : rank(b.value) - rank(a.value)));
  return keyed.map(({ item }) => item);
}

/**
 * Both ends of a selection of rows, as ids of layers in the order shown: all of the first row to all of the last one, whichever
 * comes first. The second end is the one that is looked at: of a group alone its first layer.
 */
export function spanOf(rows: readonly Row[], anchor: number, to: number): readonly [string, string] | null {
  const [from, until] = [rows[anchor], rows[to]];
  if (!from || !until) return null;
  const end = (row: Row, last: boolean) => {
    const layers = layersIn(row);
    return (last ? layers.at(-1) : layers[0]) as LayerSummary;
  };
  const down = to > anchor;
  return [end(from, !down).id, end(until, down).id];
}

/**
 * Ids of the layers that a drag from one row to another paints: layers, closed groups, and the row it began in, whatever that
 * is. An open group that is passed on the way is not painted: its layers are rows of their own.
 */
export function paintedIds(rows: readonly Row[], from: number, to: number, begun: number): string[] {
  const ids = new Set<string>();
  for (let i = Math.min(from, to); i <= Math.max(from, to); i++) {
    const row = rows[i];
    if (!row || (row.kind === "group" && row.open && i !== begun)) continue;
    for (const { id } of layersIn(row)) ids.add(id);
  }
  return [...ids];
}
