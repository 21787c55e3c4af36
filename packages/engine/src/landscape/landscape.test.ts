// Landscapes and joint clips as the page calls them, held against recipes that are evaluated one by one.

import { encodeModel } from "@bitscape/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { writeNpz } from "../data/index.ts";
import type { Recipe } from "../recipe.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Studio } from "../studio.ts";
import { convNet, samplesOf } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import type {
  CouplingReport,
  OptimizeReport,
  OptimizeStep,
  Slice,
  StepOf,
  StepSlice,
  StepSliceRequest,
  WeightSlice,
} from "./calls.ts";

const schema = "bitscape/recipe/1" as const;
const idle = () => {};
const SAMPLES = 16;

let runs = 0;
const counting: Runtime = {
  ...wasmRuntime,
  async load(...asked) {
    const session = await wasmRuntime.load(...asked);
    return {
      ...session,
      run: (...fed) => {
        runs++;
        return session.run(...fed);
      },
    };
  },
};

const decode = async (): Promise<never> => {
  throw new Error("no images here");
};
const studio = new Studio({ runtime: counting, decode });

beforeAll(async () => {
  const model = new File([encodeModel(convNet.model)], "conv.onnx");
  const data = new File([await writeNpz(samplesOf(convNet, SAMPLES))], "data.npz");
  await studio.openModel([model], {}, idle);
  await studio.openData("data", { kind: "files", files: [data] }, idle);
});

/** What a recipe costs, by the way that every other measurement goes. */
async function lossOf(recipe: Recipe): Promise<number> {
  const score = await studio.evaluate("score", recipe, idle);
  if (score === "cancelled") throw new Error("cancelled");
  return score.divergence.value;
}

const first: StepOf = { layer: "second", target: "activation" };
const second: StepOf = { layer: "head", target: "weight" };
const w3a3: Recipe = {
  schema,
  defaults: {
    weight: { format: "int3", granularity: "tensor", range: "minmax" },
    activation: { format: "uint3", range: "minmax" },
  },
};

describe("a step slice", () => {
  const request: StepSliceRequest = {
    ...{ kind: "step", of: [first, second], grid: 13, samples: SAMPLES, scale: "linear" },
    recipe: w3a3,
  };
  const at = (a: number, b: number): Recipe => ({
    ...w3a3,
    layers: {
      second: { activation: { range: { ratio: a } } },
      head: { weight: { range: { ratio: b } } },
    },
  });
  let slice: StepSlice;
  const arrived: StepSlice[] = [];
  beforeAll(async () => {
    slice = (await studio.landscape(
      "slice",
      request,
      (each) => arrived.push(each as StepSlice),
      idle,
    )) as StepSlice;
  }, 60_000);

  test("comes coarse to fine", () => {
    expect(arrived[0]?.loss.every(Number.isNaN)).toBe(true);
    const coarse = arrived.find(({ interaction }) => interaction !== null) as StepSlice;
    const known = [...coarse.loss.keys()].filter((k) => !Number.isNaN(coarse.loss[k] as number));
    expect(known.length).toBe(121);
    const sides = new Set(known.map((k) => k % 13));
    expect([...sides].sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 10, 11, 12]);
    expect(slice.done).toBe(true);
    expect(slice.loss.some(Number.isNaN)).toBe(false);
    expect(slice.n).toBe(SAMPLES);
  });

  test("is the loss of the recipe at each place, rows following the first tensor", async () => {
    const [a, b] = slice.axes.map(({ values }) => values) as [Float64Array, Float64Array];
    for (const [i, j] of [
      [12, 12],
      [3, 10],
      [10, 3],
      [8, 0],
    ] as const) {
      const direct = await lossOf(at(a[i] as number, b[j] as number));
      expect(slice.loss[i * 13 + j]).toBeCloseTo(direct, 9);
    }
    expect([a[12], b[12]]).toEqual([1, 1]);
    expect(slice.axes.map(({ format }) => format)).toEqual(["uint3", "int3"]);
    expect(slice.axes[0].full.low).toBe(0);
  });

  test("marks what the rules choose, with its loss", async () => {
    const named = new Map(slice.points.map((point) => [point.name, point]));
    expect(named.get("max-abs")?.at).toEqual([1, 1]);
    expect(named.get("current")?.at).toEqual([1, 1]);
    expect(named.get("max-abs")?.loss).toBe(slice.loss.at(-1));
    const at2 = named.get("p = 2")?.at as [number, number];
    const [same] = await studio.clips({ ...w3a3, layers: { second: { activation: { range: { lp: 2 } } } } }, [
      first,
    ]);
    expect(at2[0]).toBe(same);
    const best = named.get("best of grid");
    expect(best?.loss).toBe(Math.min(...slice.loss));
    expect(named.get("joint optimum")?.loss).toBeLessThanOrEqual(best?.loss as number);
    expect(slice.interaction).toBeGreaterThan(0);
    expect(slice.interaction).toBeLessThan(1);
  });

  test("asked again it costs no run; a place between costs one a batch", async () => {
    const before = runs;
    const again = await studio.landscape("slice", request, idle, idle);
    expect(again).toEqual(slice);
    expect(await studio.stepLoss("place", request, [1, 1])).toBe(slice.loss.at(-1));
    expect(runs).toBe(before);
    const place = [0.613, 0.377] as const;
    expect(await studio.stepLoss("place", request, place)).toBeCloseTo(await lossOf(at(...place)), 9);
  });

  test("of two widths without a recipe, the rest is float", async () => {
    const alone: StepSliceRequest = {
      kind: "step",
      of: [first, second],
      bits: 2,
      grid: 3,
      samples: 8,
      scale: "log",
    };
    const found = (await studio.landscape("slice", alone, idle, idle)) as StepSlice;
    expect(found.axes.map(({ format }) => format)).toEqual(["uint2", "int2"]);
    const direct = await studio.stepLoss("place", alone, [0.5, 0.5]);
    expect(direct).toBeGreaterThan(0);
    expect(found.points.map(({ name }) => name)).not.toContain("current");
    const values = found.axes[0].values;
    expect((values[1] as number) ** 2).toBeCloseTo((values[0] as number) * (values[2] as number), 12);
  });

  test("is cancelled between two batches and goes on where it was", async () => {
    const other = { ...request, samples: 9, grid: 11 };
    let seen = 0;
    const stopped = await studio.landscape(
      "slice",
      other,
      (each) => {
        if (++seen === 4) void studio.cancel("slice");
        expect(each.done).toBe(false);
      },
      idle,
    );
    expect(stopped).toBe("cancelled");
    const firsts: Slice[] = [];
    await studio.landscape("slice", other, (each) => firsts.push(each), idle);
    const known = (firsts[0] as StepSlice).loss.filter((each) => !Number.isNaN(each)).length;
    expect(known).toBeGreaterThanOrEqual(22);
  });

  test("refuses a layer that is not there, and a float tensor without a width", async () => {
    const ask = (more: Partial<StepSliceRequest>) =>
      studio.landscape("slice", { ...request, ...more } as StepSliceRequest, idle, idle);
    await expect(ask({ of: [{ layer: "none", target: "weight" }, second] })).rejects.toThrow('layer "none"');
    await expect(ask({ recipe: { schema } })).rejects.toThrow("expected a width in bits");
  });
});

describe("clips chosen together", () => {
  const ask = (more: object, onStep: (step: OptimizeStep) => void = idle) =>
    studio.optimize(
      "clips",
      { recipe: w3a3, method: "lapq", loss: "kl", samples: SAMPLES, sweeps: 1, ...more },
      onStep,
      idle,
    );

  test("are better than every start; the recipe found costs what is reported", async () => {
    const steps: OptimizeStep[] = [];
    const found = (await ask({}, (step) => steps.push(step))) as OptimizeReport;
    expect(found.stopped).toBe(false);
    expect(found.loss.before).toBeCloseTo(await lossOf(w3a3), 9);
    expect(found.loss.after).toBeCloseTo(await lossOf(found.recipe), 9);
    for (const { loss } of found.starts) expect(found.loss.after).toBeLessThanOrEqual(loss);
    expect(found.loss.after).toBeLessThan(found.loss.before / 2);
    expect(steps.length).toBe(found.evaluations);
    expect(steps.at(-1)?.best).toBe(found.loss.after);
    expect([...(await studio.clips(found.recipe, found.of))]).toEqual([...found.after]);
    expect(new Set(found.of.map(({ layer, target }) => `${layer} ${target}`)).size).toBe(found.of.length);
    const searched = found.evaluations - found.starts.length;
    expect(searched / found.of.length).toBeLessThanOrEqual(10);
    // All samples calibrate here: there are none that the search did not see.
    expect(found.heldOut).toBeNull();
  });

  test("end early with the best so far, from where an earlier run was", async () => {
    let seen = 0;
    const found = (await ask({ from: [0.5, 0.5], of: [first, second] }, () => {
      if (++seen === 5) void studio.finish("clips");
    })) as OptimizeReport;
    expect(found.stopped).toBe(true);
    expect(found.of).toEqual([first, second]);
    expect(found.starts.map(({ name }) => name)).toContain("resumed");
    expect(found.evaluations).toBe(5);
    expect(found.loss.after).toBeCloseTo(await lossOf(found.recipe), 9);
  });

  test("need labels for cross-entropy, and something that is quantized", async () => {
    await expect(ask({ loss: "cross-entropy" })).rejects.toThrow("no labels");
    await expect(ask({ recipe: { schema } })).rejects.toThrow("no tensor whose clip can be moved");
  });
});

test("the coupling of all clips", async () => {
  const report = (await studio.coupling(
    "coupling",
    { bits: 3, targets: ["activation"], samples: SAMPLES },
    idle,
    idle,
  )) as CouplingReport;
  const n = report.of.length;
  expect(report.of.every(({ target }) => target === "activation")).toBe(true);
  expect(n).toBeGreaterThanOrEqual(3);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      expect(report.matrix[i * n + j]).toEqual(report.matrix[j * n + i]);
    }
  }
  expect(report.matrix.some((each) => each > 0 && each !== 1)).toBe(true);
  expect(report.done).toBe(true);
});

describe("weight-space slices", () => {
  const weights: Recipe = { schema, defaults: { weight: { format: "int3", granularity: "tensor" } } };
  const ask = async (more: object) =>
    (await studio.landscape(
      "weights",
      { kind: "weight", directions: "random", bits: [], seed: 1, grid: 5, samples: SAMPLES, ...more },
      idle,
      idle,
    )) as WeightSlice;

  test("the path's ends are the float network and the quantized one", async () => {
    const path = await ask({ directions: "path", bits: ["recipe"], recipe: weights });
    const [axis] = path.axes;
    expect([...axis.values]).toEqual([-0.5, 0, 0.5, 1, 1.5]);
    const [surface] = path.surfaces;
    expect(surface?.loss[1]).toBeCloseTo(0, 9);
    expect(surface?.loss[3]).toBeCloseTo(await lossOf(weights), 6);
    expect(surface?.points.map(({ loss }) => loss)).toEqual([surface?.loss[1], surface?.loss[3]]);
  });

  test("the plane has the same directions for float and for each width; a seed is a surface", async () => {
    const plane = await ask({ bits: [4, 2] });
    expect(plane.surfaces.map(({ of }) => of)).toEqual(["float", "4 bits", "2 bits"]);
    const [float, four, two] = plane.surfaces;
    expect(float?.loss[12]).toBeCloseTo(0, 9);
    expect(four?.loss[12]).toBeLessThan(two?.loss[12] as number);
    expect(float?.points.map(({ name }) => name)).toEqual([
      "float",
      "projection of 4 bits",
      "projection of 2 bits",
    ]);
    const same = await ask({ bits: [] });
    expect([...(same.surfaces[0]?.loss ?? [])]).toEqual([...(float?.loss ?? [])]);
    const other = await ask({ bits: [], seed: 2 });
    expect([...(other.surfaces[0]?.loss ?? [])]).not.toEqual([...(float?.loss ?? [])]);
  });

  test("the Hessian's leading direction is steeper than its second", async () => {
    const plane = await ask({ directions: "hessian", radius: 0.1 });
    const loss = plane.surfaces[0]?.loss as Float64Array;
    const rise = (k: number) => (loss[k] as number) - (loss[12] as number);
    // Rows follow the first direction.
    expect(rise(2) + rise(22)).toBeGreaterThan(rise(10) + rise(14));
    expect(plane.axes[0].label).toContain("leading direction 1");
  });
});
