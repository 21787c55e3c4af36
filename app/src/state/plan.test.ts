import type { LayerSummary } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { cellKey, exchanged, type KnownCell, withCells } from "./known.ts";
import { type Asked, askedCells, firstPass, plan, work } from "./plan.ts";

const layer = (id: string, weights: boolean, activations: boolean): LayerSummary => ({
  id,
  op: "Conv",
  weights: weights ? [{ name: id, shape: [1], dtype: "float32", bytes: 4, elements: 1 }] : [],
  macs: null,
  activations: activations ? ["x"] : [],
  sharedWith: [],
  depthwise: false,
});
const asked: Asked = {
  layers: [layer("a", true, true), layer("b", true, false), layer("add", false, true)],
  bits: { weight: [2, 4, 5], activation: [2, 8] },
  passes: [16, 64],
  available: 1000,
  first: ["b"],
  schemes: { weight: { symmetric: false } },
  paused: false,
};
// 2 layers × 3 widths + 2 layers × 2 widths
const all = 10;
const known = (keys: readonly string[], samples: number, value = 0.1): KnownCell[] =>
  keys.map((key) => {
    const [id, target, bits] = key.split("|") as [string, "weight" | "activation", string];
    const finding = { value, low: value, high: value, n: samples, source: "measured", of: key } as const;
    return { asked: samples, cell: { layer: id, target, bits: Number(bits), finding, drop: null } };
  });
const everything = askedCells(asked);
const summary = (cells: readonly KnownCell[], change: Partial<Asked> = {}) =>
  plan({ ...asked, ...change }, withCells(new Map(), cells)).map(
    (job) => `${job.cells}×${job.request.samples}`,
  );

describe("what is asked", () => {
  it("is a cell for each width of what a layer has", () => {
    expect(everything).toHaveLength(all);
    expect(everything).toContain("b|weight|5");
    expect(everything).not.toContain("b|activation|2");
    expect(everything).not.toContain("add|weight|2");
    expect(everything).not.toContain("a|activation|5");
  });
});

describe("plan", () => {
  it("goes over all cells coarsely, then finely", () => {
    expect(summary([])).toEqual(["10×16", "10×64"]);
  });

  it("is over when all is known well enough", () => {
    expect(summary(known(everything, 64))).toEqual([]);
    expect(summary(known(everything, 256))).toEqual([]);
  });

  it("goes on where it was cut off", () => {
    expect(summary(known(everything.slice(0, 3), 16))).toEqual(["7×16", "10×64"]);
    expect(summary([...known(everything, 16), ...known(everything.slice(0, 4), 64)])).toEqual(["6×64"]);
  });

  it("does not ask again for less than is known", () => {
    expect(summary(known(everything.slice(0, 4), 64))).toEqual(["6×16", "6×64"]);
  });

  it("does not ask again for what failed", () => {
    expect(summary(known(["a|weight|2"], 16, Number.NaN))).toEqual(["9×16", "9×64"]);
  });

  it("asks for no more samples than there are, and never twice for the same", () => {
    expect(summary([], { available: 40 })).toEqual(["10×16", "10×40"]);
    expect(summary([], { available: 10 })).toEqual(["10×10"]);
    expect(summary(known(everything, 10), { available: 10 })).toEqual([]);
    expect(summary([], { available: 0 })).toEqual([]);
  });

  it("sorts the passes", () => {
    expect(summary([], { passes: [256, 16, 64, 16] })).toEqual(["10×16", "10×64", "10×256"]);
  });

  it("is empty while paused and for no layers", () => {
    expect(summary([], { paused: true })).toEqual([]);
    expect(summary([], { layers: [] })).toEqual([]);
    expect(summary([], { layers: [layer("none", false, false)] })).toEqual([]);
  });

  it("asks for one width of one target only where only that is missing", () => {
    const rest = everything.filter((key) => key !== "a|weight|5");
    expect(summary(known(rest, 64))).toEqual(["1×16", "1×64"]);
  });
});

describe("requests", () => {
  const [coarse, fine] = plan(asked, withCells(new Map(), known(["a|weight|2"], 16)));

  /** The cells an engine would measure for a request. */
  const measured = (job: typeof coarse) =>
    (job?.request.targets ?? []).flatMap((target) =>
      asked.layers.flatMap(({ id, weights, activations }) =>
        (target === "weight" ? weights : activations).length === 0
          ? []
          : (job?.request.bits ?? [])
              .map((bits) => cellKey(id, target, bits))
              .filter((key) => !job?.request.skip?.includes(key)),
      ),
    );

  it("measure exactly the cells that are missing", () => {
    expect(measured(coarse).sort()).toEqual(everything.filter((key) => key !== "a|weight|2").sort());
    expect(measured(fine).sort()).toEqual([...everything].sort());
    expect([coarse?.cells, fine?.cells]).toEqual([9, 10]);
  });

  it("name the rows to begin with and only targets that there are", () => {
    expect(coarse?.request.first).toEqual(["b"]);
    expect(coarse?.request.schemes).toEqual(asked.schemes);
    const weightsOnly = plan({ ...asked, layers: [layer("b", true, false)] }, new Map());
    expect(weightsOnly[0]?.request).toMatchObject({ targets: ["weight"], bits: [2, 4, 5], skip: [] });
  });

  it("are reckoned in cell-samples", () => {
    expect(work([coarse, fine].filter((job) => job !== undefined))).toBe(9 * 16 + 10 * 64);
  });
});

describe("withCells", () => {
  it("never lets a coarser finding replace a finer one", () => {
    const fine = withCells(new Map(), known(["a|weight|2"], 64, 0.5));
    expect(withCells(fine, known(["a|weight|2"], 16, 0.9)).get("a|weight|2")?.cell.finding.value).toBe(0.5);
    expect(withCells(fine, known(["a|weight|2"], 256, 0.7)).get("a|weight|2")?.cell.finding.value).toBe(0.7);
    expect(fine.get("a|weight|2")?.asked).toBe(64);
  });
});

describe("exchanged", () => {
  it("puts a target's cells away and takes them out again, leaving the other target's", () => {
    const cells = withCells(new Map(), known(["a|weight|2", "a|activation|2"], 64));
    const away = exchanged(cells, new Map(), "weight", "weight x", "weight y");
    expect([...away.cells.keys()]).toEqual(["a|activation|2"]);
    const back = exchanged(away.cells, away.shelf, "weight", "weight y", "weight x");
    expect(new Set(back.cells.keys())).toEqual(new Set(cells.keys()));
  });
});

describe("the first pass", () => {
  it("is as fine as a quick network allows, and never finer than the next", () => {
    expect(firstPass(168, 0.001)).toBe(16);
    expect(firstPass(168, null)).toBe(16);
  });

  it("gives a slow network's cells fewer samples, but never one alone", () => {
    expect(firstPass(330, 0.01)).toBe(6);
    expect(firstPass(330, 0.1)).toBe(2);
    expect(firstPass(0, 0)).toBe(16);
  });
});
