// How the rows of the heatmap are arranged: grouped by module or not, which groups are open, sorted by what. Of the page, not of
// the recipe. Views take rows by useArranged; who needs the order outside of a view takes arranged().

import type { LayerSummary } from "@bitscape/engine";
import { create } from "zustand";
import { bitOperations, type Cost, timesOf } from "../budget/costs.ts";
import { budget } from "../budget/store.ts";
import { get, useStore } from "../store.ts";
import { cellKey, isFailed, shown } from "../sweep/known.ts";
import type { Sharing } from "./cells.ts";
import { type Arranged, arrange, modulesOf, referenceBits, type Sort } from "./rows.ts";
import { groupsAbove, hasGroups } from "./tree.ts";

/** Networks with more layers are grouped unless told otherwise; with even more, their groups are closed at first. */
const many = 60;
const tooMany = 400;

export interface Arrangement {
  /** Null: as the number of layers has it. */
  readonly grouped: boolean | null;
  /** Whether groups are open that were not toggled; null: as the number of layers has it. */
  readonly open: boolean | null;
  /** Groups that are not as `open` says, each under the filter that it was toggled with. */
  readonly toggled: ReadonlySet<string>;
  readonly sort: Sort;
  /** Loss of each layer at the reference width when sorting was asked for: rows do not jump whenever a cell comes. */
  readonly losses: ReadonlyMap<string, number>;
  readonly sharing: Sharing;
  /** What a layer costs a device, beside its bytes. */
  readonly cost: Cost;
}

const initial: Arrangement = {
  grouped: null,
  open: null,
  toggled: new Set(),
  sort: "file",
  losses: new Map(),
  sharing: "worst",
  cost: "none",
};

export const useArrangement = create<Arrangement>()(() => initial);

// Another network has other groups.
useStore.subscribe((state, before) => {
  if (state.model?.sha256 !== before.model?.sha256) useArrangement.setState(initial);
});

const none: readonly LayerSummary[] = [];

/** Whether the network's names have modules to group by. */
export const canGroup = (layers: readonly LayerSummary[] = get().model?.layers ?? none) =>
  hasGroups(modulesOf(layers));

export const isGrouped = ({ grouped }: Arrangement, layers: readonly LayerSummary[]) =>
  (grouped ?? layers.length > many) && canGroup(layers);

const rows = lastOf(
  (layers: readonly LayerSummary[], filter: string, of: Arrangement): Arranged =>
    arrange({
      layers,
      filter,
      grouped: isGrouped(of, layers),
      isOpen: (path) => isOpen(of, layers, filter, path),
      sort: of.sort,
      losses: of.losses,
    }),
);

/** The rows as they are shown now. */
export const arranged = (): Arranged =>
  rows(get().model?.layers ?? none, get().filter, useArrangement.getState());

export function useArranged(): Arranged {
  const layers = useStore((state) => state.model?.layers ?? none);
  const filter = useStore((state) => state.filter);
  return rows(layers, filter, useArrangement());
}

const toggleKey = (filter: string, path: string) => `${filter}\n${path}`;

// What a filter finds is to be seen.
const openAtFirst = (of: Arrangement, layers: readonly LayerSummary[], filter: string) =>
  filter !== "" || (of.open ?? layers.length <= tooMany);

const isOpen = (of: Arrangement, layers: readonly LayerSummary[], filter: string, path: string) =>
  openAtFirst(of, layers, filter) !== of.toggled.has(toggleKey(filter, path));

export const setGrouped = (grouped: boolean) => useArrangement.setState({ grouped });

export const setSharing = (sharing: Sharing) => useArrangement.setState({ sharing });

export function setOpen(path: string, open: boolean): void {
  const of = useArrangement.getState();
  const { model, filter } = get();
  if (isOpen(of, model?.layers ?? none, filter, path) === open) return;
  const toggled = new Set(of.toggled);
  const key = toggleKey(filter, path);
  if (!toggled.delete(key)) toggled.add(key);
  useArrangement.setState({ toggled });
}

export const setAllOpen = (open: boolean) => useArrangement.setState({ open, toggled: new Set() });

/** Opens the groups that a layer lies in. */
export function reveal(id: string): void {
  for (const path of groupsAbove(arranged().tree).get(id) ?? []) setOpen(path, true);
}

export const sortBy = (sort: Sort) => useArrangement.setState({ sort, losses: figuresNow(sort) });

/** Rows that are sorted by the cost shown are sorted by the new one. */
export function showCost(cost: Cost): void {
  useArrangement.setState({ cost });
  const { sort } = useArrangement.getState();
  if (sort === "cost") sortBy(cost === "none" ? "file" : "cost");
}

/** Takes what is known now into the order. */
export function sortAnew(): void {
  const { sort } = useArrangement.getState();
  if (sort !== "file" && sort !== "size") useArrangement.setState({ losses: figuresNow(sort) });
}

const figuresNow = (sort: Sort) => (sort === "cost" ? costsNow() : lossesNow());

/** What each layer takes now of the cost that is shown. */
function costsNow(): Map<string, number> {
  const { model, recipe } = get();
  const layers = model?.layers ?? none;
  const { times } = budget();
  const { cost } = useArrangement.getState();
  const rows =
    cost === "time" ? times && timesOf(layers, recipe, times.times) : bitOperations(layers, recipe);
  return new Map([...(rows ?? [])].map(([id, { now, float }]) => [id, Number.isNaN(now) ? float : now]));
}

/** Loss of each layer's weights at the reference width, measured or predicted; of its activations where it has no weights. */
function lossesNow(): Map<string, number> {
  const { model, cells, predictions } = get();
  return new Map(
    (model?.layers ?? none).flatMap(({ id, weights }) => {
      const key = cellKey(id, weights.length > 0 ? "weight" : "activation", referenceBits);
      const cell = shown(key, cells, predictions);
      return cell && !isFailed(cell) ? [[id, cell.finding.value] as const] : [];
    }),
  );
}

/** Remembers the last answer, for the same arguments. */
function lastOf<A extends readonly unknown[], T>(of: (...args: A) => T): (...args: A) => T {
  let last: { readonly args: A; readonly value: T } | undefined;
  return (...args) => {
    if (!last || args.some((arg, i) => arg !== last?.args[i])) last = { args, value: of(...args) };
    return last.value;
  };
}
