import type { LayerSummary } from "@bitscape/engine";
import { expect, it } from "vitest";
import { type Asked, arrange, paintedIds, type Row, spanOf } from "./rows.ts";

/** Layers by name, each of so many float weights. */
const layersOf = (sizes: Readonly<Record<string, number>>): LayerSummary[] =>
  Object.entries(sizes).map(([id, elements]) => ({
    id,
    op: "Conv",
    weights: [{ name: "w", shape: [elements], dtype: "float32", bytes: 4 * elements, elements }],
    macs: null,
    activations: [],
    sharedWith: [],
    depthwise: false,
  }));

const layers = layersOf({ stem: 10, "a/0/x": 5, "a/0/y": 50, "a/1/x": 20, "a/1/y": 1, "b/x": 100, "b/y": 2 });

const asked = (more: Partial<Asked> = {}): Asked => ({
  layers,
  filter: "",
  grouped: true,
  isOpen: () => true,
  sort: "file",
  losses: new Map(),
  ...more,
});

const drawn = (rows: readonly Row[]) =>
  rows.map(
    ({ label, place, kind }) => `${"·".repeat(place.level - 1)}${kind === "group" ? `${label}:` : label}`,
  );

it("sets groups above their layers, in the order of the file", () => {
  const { rows, order, rowOf } = arrange(asked());
  expect(drawn(rows)).toEqual(["stem", "a:", "·0:", "··x", "··y", "·1:", "··x", "··y", "b:", "·x", "·y"]);
  expect(order.map(({ id }) => id)).toEqual(layers.map(({ id }) => id));
  for (const { id } of layers) {
    const row = rows[rowOf.get(id) as number];
    expect(row?.kind === "layer" && row.layer.id).toBe(id);
  }
  expect(rows.map(({ place }) => place.parent)).toEqual([-1, -1, 1, 2, 2, 1, 5, 5, -1, 8, 8]);
  expect(rows[5]?.place).toMatchObject({ level: 2, position: 2, siblings: 2 });
});

it("keeps the layers of closed groups in the order, and says in which row they are", () => {
  const { rows, order, rowOf } = arrange(asked({ isOpen: (path) => path !== "a" }));
  expect(drawn(rows)).toEqual(["stem", "a:", "b:", "·x", "·y"]);
  expect(order).toHaveLength(7);
  expect(rowOf.get("a/1/y")).toBe(1);
  const [, group] = rows;
  expect(group?.kind === "group" && group.layers.map(({ id }) => id)).toEqual([
    "a/0/x",
    "a/0/y",
    "a/1/x",
    "a/1/y",
  ]);
});

it("filters before it groups", () => {
  expect(drawn(arrange(asked({ filter: "a/ x" })).rows)).toEqual(["0/x", "1/x"]);
  expect(arrange(asked({ filter: "nothing" })).rows).toEqual([]);
});

it("is flat without groups", () => {
  const { rows } = arrange(asked({ grouped: false }));
  expect(drawn(rows)).toEqual(layers.map(({ id }) => id));
});

it("sorts siblings by size, groups by all they hold", () => {
  expect(drawn(arrange(asked({ sort: "size" })).rows)).toEqual([
    "b:",
    "·x",
    "·y",
    "a:",
    "·0:",
    "··y",
    "··x",
    "·1:",
    "··x",
    "··y",
    "stem",
  ]);
});

it("sorts by loss and by bytes per loss, the unknown last", () => {
  const losses = new Map([
    ["stem", 0.5],
    ["a/0/y", 0.1],
    ["b/x", 0.2],
    ["b/y", 0.3],
  ]);
  const flat = (sort: Asked["sort"]) =>
    arrange(asked({ grouped: false, sort, losses })).order.map(({ id }) => id);
  const unknown = ["a/0/x", "a/1/x", "a/1/y"];
  expect(flat("sensitivity")).toEqual(["stem", "b/y", "b/x", "a/0/y", ...unknown]);
  // 3.5 bytes a weight: 1750, 1750, 70, 23 bytes per unit of loss; equals stay in the file's order.
  expect(flat("savings")).toEqual(["a/0/y", "b/x", "stem", "b/y", ...unknown]);
});

it("spans whole groups, whichever way the selection goes", () => {
  const { rows } = arrange(asked());
  expect(spanOf(rows, 3, 3)).toEqual(["a/0/x", "a/0/x"]);
  expect(spanOf(rows, 1, 1)).toEqual(["a/1/y", "a/0/x"]);
  expect(spanOf(rows, 0, 2)).toEqual(["stem", "a/0/y"]);
  expect(spanOf(rows, 8, 2)).toEqual(["b/y", "a/0/x"]);
  expect(spanOf(rows, 0, 99)).toBeNull();
});

it("paints layers, closed groups and the row that was pressed, not open groups on the way", () => {
  const closed = arrange(asked({ isOpen: (path) => path === "b" })).rows;
  expect(paintedIds(closed, 0, 2, 0)).toEqual(["stem", "a/0/x", "a/0/y", "a/1/x", "a/1/y"]);
  const open = arrange(asked()).rows;
  expect(paintedIds(open, 0, 3, 0)).toEqual(["stem", "a/0/x"]);
  expect(paintedIds(open, 2, 2, 2)).toEqual(["a/0/x", "a/0/y"]);
  expect(paintedIds(open, 9, 8, 9)).toEqual(["b/x"]);
});
