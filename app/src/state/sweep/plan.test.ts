import type { LayerSummary } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { cellKey, exchanged, type KnownCell, withCells, withSettled, withUnpredicted } from "./known.ts";
import { type Asked, askedCells, isQuick, type Job, plan, predictionPasses, reckonedPace } from "./plan.ts";

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
  bits: { weight: [2, 4, "nf4"], activation: [2, 8] },
  estimator: "gauss-newton",
  passes: [16, 64],
  apart: false,
  most: 256,
  available: 1000,
  first: ["b"],
  schemes: { weight: { symmetric: false } },
  remade: {},
  pairs: null,
  paused: false,
};
// 2 layers × 3 widths + 2 layers × 2 widths
const all = 10;
const keys = askedCells(asked);
const everything = keys.map(({ layer: id, target, bits }) => cellKey(id, target, bits));
const known = (of: readonly string[], samples: number, value = 0.1): KnownCell[] =>
  of.map((key) => {
    const at = keys[everything.indexOf(key)] ?? { layer: "a", target: "weight", bits: 2 };
    const finding = { value, low: value, high: value, n: samples, source: "measured", of: key } as const;
    return { asked: samples, cell: { ...at, finding, drop: null } };
  });
const none = new Map();
const words = (jobs: Iterable<Job>) =>
  Array.from(jobs, ({ kind, cells, request }) => `${kind} ${cells.length}×${request.samples}`);
const summary = (
  measured: readonly KnownCell[],
  predicted: readonly KnownCell[] = known(everything, 64),
  change: Partial<Asked> = {},
) => words(plan({ ...asked, ...change }, withCells(none, measured), withCells(none, predicted)));

describe("what is asked", () => {
  it("is a cell for each width of what a layer has", () => {
    expect(everything).toHaveLength(all);
    expect(everything).toContain("b|weight|nf4");
    expect(everything).not.toContain("b|activation|2");
    expect(everything).not.toContain("add|weight|2");
    expect(everything).not.toContain("a|activation|nf4");
  });
});

describe("plan", () => {
  it("predicts all cells coarsely, then finely, then measures them", () => {
    expect(summary([], [])).toEqual(["predict 10×16", "predict 10×64", "measure 10×256"]);
  });

  it("predicts the weights of a slow network before its activations, which must be calibrated", () => {
    const jobs = [...plan({ ...asked, apart: true }, none, none)];
    expect(words(jobs)).toEqual(["predict 6×16", "predict 4×16", "predict 10×64", "measure 10×256"]);
    expect(jobs.map(({ request }) => request.targets)).toEqual([
      ["weight"],
      ["activation"],
      ["weight", "activation"],
      ["weight", "activation"],
    ]);
  });

  it("is over when all is known well enough", () => {
    expect(summary(known(everything, 256))).toEqual([]);
  });

  it("goes on where it was cut off", () => {
    expect(summary([], known(everything.slice(0, 3), 16))).toEqual([
      "predict 7×16",
      "predict 10×64",
      "measure 10×256",
    ]);
    expect(summary([...known(everything, 16), ...known(everything.slice(0, 4), 256)])).toEqual([
      "measure 6×256",
    ]);
  });

  it("does not ask again for less than is known", () => {
    expect(summary(known(everything, 256), known(everything.slice(0, 4), 64))).toEqual([
      "predict 6×16",
      "predict 6×64",
    ]);
  });

  it("does not measure again what failed", () => {
    expect(summary(known(["a|weight|2"], 16, Number.NaN))).toEqual(["measure 9×256"]);
  });

  it("does not ask again for predictions that the estimator has no answer for", () => {
    const some = withCells(none, known(everything.slice(2), 16));
    const predictions = withUnpredicted(some, keys, 16);
    expect(words(plan(asked, none, predictions))).toEqual(["predict 8×64", "measure 10×256"]);
  });

  it("asks for no more samples than there are, and never twice for the same", () => {
    expect(summary([], [], { available: 40 })).toEqual(["predict 10×16", "predict 10×40", "measure 10×40"]);
    expect(summary([], [], { available: 10 })).toEqual(["predict 10×10", "measure 10×10"]);
    expect(summary(known(everything, 10), known(everything, 10), { available: 10 })).toEqual([]);
    expect(summary([], [], { available: 0 })).toEqual([]);
  });

  it("is empty while paused and for no layers", () => {
    expect(summary([], [], { paused: true })).toEqual([]);
    expect(summary([], [], { layers: [] })).toEqual([]);
    expect(summary([], [], { layers: [layer("none", false, false)] })).toEqual([]);
  });

  it("asks for one column of one target only where only that is missing", () => {
    const rest = everything.filter((key) => key !== "a|weight|nf4");
    expect(summary(known(rest, 256))).toEqual(["measure 1×256"]);
  });

  it("finds pairs of layers before all else, as somebody is looking", () => {
    const [pairs, after] = plan({ ...asked, pairs: 4 }, none, none);
    expect(pairs).toMatchObject({ kind: "pairs", request: { pairs: 4, bits: [4], targets: ["weight"] } });
    expect(after?.kind).toBe("predict");
    expect(words(plan({ ...asked, pairs: 4, paused: true }, none, none))).toEqual(["pairs 2×64"]);
  });
});

describe("requests", () => {
  const jobs = [...plan(asked, withCells(none, known(["a|weight|2"], 256)), none)];
  const [coarse, , fine] = jobs;

  /** The cells an engine would find for a request. */
  const found = ({ request }: Job) =>
    request.targets.flatMap((target) =>
      asked.layers.flatMap(({ id, weights, activations }) =>
        (target === "weight" ? weights : activations).length === 0
          ? []
          : request.bits
              .map((bits) => cellKey(id, target, bits))
              .filter((key) => !request.skip?.includes(key)),
      ),
    );

  it("are for exactly the cells that are missing", () => {
    expect(found(coarse as Job).sort()).toEqual([...everything].sort());
    expect(found(fine as Job).sort()).toEqual(everything.filter((key) => key !== "a|weight|2").sort());
    expect(jobs.map(({ cells }) => cells.length)).toEqual([10, 10, 9]);
  });

  it("name the estimator, the rows to begin with, and only targets that there are", () => {
    expect(coarse?.request).toMatchObject({ estimator: "gauss-newton", schemes: asked.schemes });
    expect(fine?.request).toMatchObject({ first: ["b"], schemes: asked.schemes, anytime: true });
    const [, , weightsOnly] = plan({ ...asked, layers: [layer("b", true, false)] }, none, none);
    expect(weightsOnly?.request).toMatchObject({ targets: ["weight"], bits: [2, 4, "nf4"], skip: [] });
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

describe("withSettled", () => {
  it("counts what the scheduler is done with as asked for in full", () => {
    const cells = withCells(none, known(everything, 8));
    const settled = withSettled(cells, new Set(everything.slice(0, 4)), 256);
    expect(words(plan(asked, settled, withCells(none, known(everything, 64))))).toEqual(["measure 6×256"]);
    expect(settled.get(everything[0] as string)?.cell.finding.n).toBe(8);
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

describe("samples of predictions", () => {
  it("are as many as a quick network allows", () => {
    expect(predictionPasses(0.001)).toEqual([32, 128]);
    expect(predictionPasses(0)).toEqual([32, 128]);
  });

  it("are fewer where the network takes its time, but never one alone", () => {
    expect(predictionPasses(0.02)).toEqual([8, 62]);
    expect(predictionPasses(10)).toEqual([4, 4]);
  });

  it("come before all else only where they are soon there", () => {
    const costing = (macs: number) => reckonedPace([{ ...layer("a", true, true), macs }]);
    expect([isQuick(costing(12e6)), isQuick(costing(4e9)), isQuick(reckonedPace([]))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
