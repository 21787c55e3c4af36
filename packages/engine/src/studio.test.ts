// The engine as the page calls it, without the worker around it.

import { encodeModel } from "@bitscape/graph";
import { seededRandom } from "@bitscape/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { sha256Hex, writeNpz } from "./data/index.ts";
import type { Cell, Score, SweepRequest } from "./protocol.ts";
import type { Recipe } from "./recipe.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { Studio } from "./studio.ts";
import { gemmNet, residualNet, type SmallNet, samplesOf, transposedNet } from "./testing/nets.ts";
import { wasmRuntime } from "./testing/wasm.ts";

const schema = "bitscape/recipe/1" as const;
const w4: Recipe = { schema, defaults: { weight: { format: "int4" } } };
const w8a8: Recipe = { schema, defaults: { weight: {}, activation: {} } };
const idle = () => {};

function modelFile(net: SmallNet, name = `${net.name}.onnx`): File {
  return new File([encodeModel(net.model)], name);
}

async function dataFile(net: SmallNet, count: number, classes?: number): Promise<File> {
  const random = seededRandom(3);
  const labels = Int32Array.from({ length: count }, () => Math.floor(random() * (classes ?? 1)));
  const arrays = {
    ...samplesOf(net, count),
    ...(classes !== undefined && { labels: { dtype: "int32" as const, shape: [count], data: labels } }),
  };
  return new File([await writeNpz(arrays)], "data.npz");
}

function studioOn(runtime: Runtime = wasmRuntime): Studio {
  return new Studio({
    runtime,
    decode: async (_, name) => {
      throw new Error(`${name}: no images here`);
    },
    heapBytes: () => 42,
  });
}

let studio = studioOn();
afterEach(() => {
  studio = studioOn();
});

async function openGemm(count = 48, classes = 10): Promise<void> {
  await studio.openModel([modelFile(gemmNet)], {}, idle);
  await studio.openData("data", { kind: "files", files: [await dataFile(gemmNet, count, classes)] }, idle);
}

const sweepOf = (more: Partial<SweepRequest> = {}): SweepRequest => ({
  bits: [2, 4],
  targets: ["weight", "activation"],
  samples: 16,
  ...more,
});

describe("opening", () => {
  test("a model: its summary, with progress", async () => {
    const steps: string[] = [];
    const summary = await studio.openModel([modelFile(residualNet)], {}, (what, done, total) =>
      steps.push(`${what} ${done}/${total}`),
    );
    expect(summary).toMatchObject({
      name: "residual.onnx",
      opset: 13,
      irVersion: 7,
      pins: { N: 1 },
      skipped: [],
    });
    expect(summary.sha256).toBe(await sha256Hex(encodeModel(residualNet.model)));
    expect(summary.inputs).toEqual([{ name: "x", dtype: "float32", shape: [1, 4, 8, 8] }]);
    expect(summary.layers.map(({ id }) => id)).toEqual([
      "stem",
      "body",
      "sum",
      "pool",
      "side",
      "join",
      "head",
    ]);
    expect(summary.layers[1]).toMatchObject({
      op: "Conv",
      activations: ["r1"],
      sharedWith: ["sum"],
      weights: [{ name: "w2", shape: [8, 8, 3, 3], bytes: 2304, elements: 576 }],
      macs: 36864,
    });
    expect(steps.length).toBeGreaterThan(2);
  });

  test("labelled data, unlabelled data, synthetic data", async () => {
    await openGemm(48);
    const labelled = await studio.openData(
      "data",
      { kind: "files", files: [await dataFile(gemmNet, 48, 10)] },
      idle,
    );
    expect(labelled).toMatchObject({
      name: "data.npz",
      kind: "real",
      size: 48,
      labelled: true,
      classes: 10,
      calibration: 48,
      evaluation: 48,
      labelProblem: null,
    });
    const bare = await studio.openData("data", { kind: "files", files: [await dataFile(gemmNet, 5)] }, idle);
    expect(bare).toMatchObject({ size: 5, labelled: false });
    const made = await studio.openData("data", { kind: "synthetic", samples: 12 }, idle);
    expect(made).toMatchObject({ kind: "synthetic", size: 12, labelled: false });
    expect((await studio.floatScore("float", idle)).data).toBe("synthetic");
  });

  test("labels for a network without classes are a problem that is told", async () => {
    await studio.openModel([modelFile(transposedNet)], {}, idle);
    const files = [await dataFile(transposedNet, 4, 3)];
    const summary = await studio.openData("data", { kind: "files", files }, idle);
    expect(summary).toMatchObject({ labelled: false, classes: null });
    expect(summary.labelProblem).toBe("labels: found 4, expected a network whose output is class scores");
  });

  test("labels beyond the classes: opened without them, and the sentence why", async () => {
    await openGemm(20);
    const files = [await dataFile(gemmNet, 30, 200)];
    const summary = await studio.openData("data", { kind: "files", files }, idle);
    expect(summary.labelProblem).toMatch(
      /^labels: found class \d+ in sample \d+, expected below the network's 10 classes/,
    );
    expect(summary).toMatchObject({ labelled: false, size: 30 });
    expect((await studio.floatScore("float", idle)).top1).toBeNull();
  });

  test("a model that cannot be opened leaves the study as it was", async () => {
    await openGemm(20);
    for (const [file, sentence] of [
      [new File([], "empty.onnx"), "empty.onnx: an empty file, expected an ONNX model"],
      [
        new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2])], "cat.onnx"),
        "cat.onnx: a PNG image, expected an ONNX model",
      ],
      [
        new File([encodeModel(gemmNet.model).subarray(0, 900)], "half.onnx"),
        "half.onnx: the file ends early or is damaged",
      ],
    ] as const) {
      await expect(studio.openModel([file], {}, idle)).rejects.toThrow(sentence);
      expect((await studio.floatScore("float", idle)).divergence.n).toBe(20);
    }
    await expect(studio.openModel([], {}, idle)).rejects.toThrow("model: no file, expected an .onnx file");
  });

  test("another model drops the data of the first", async () => {
    await openGemm(20);
    await studio.openModel([modelFile(residualNet)], {}, idle);
    await expect(studio.floatScore("float", idle)).rejects.toThrow(
      "study: no data, expected some to be opened first",
    );
  });

  test("of two openings at once the later holds", async () => {
    const both = [
      studio.openModel([modelFile(residualNet)], {}, idle),
      studio.openModel([modelFile(gemmNet)], {}, idle),
    ];
    await expect(both[0]).rejects.toMatchObject({ name: "AbortError" });
    await both[1];
    const data = [3, 7].map(async (count) =>
      studio.openData("data", { kind: "files", files: [await dataFile(gemmNet, count)] }, idle),
    );
    await expect(data[0]).rejects.toMatchObject({ name: "AbortError" });
    expect(await data[1]).toMatchObject({ size: 7 });
    expect((await studio.floatScore("float", idle)).divergence.n).toBe(7);
  });

  test("nothing is known before", async () => {
    await expect(studio.size(w4)).rejects.toThrow("study: no network, expected one to be opened first");
    await expect(studio.openData("data", { kind: "synthetic" }, idle)).rejects.toThrow("study: no network");
    expect(await studio.ping()).toEqual({ wasmBytes: 42, steps: expect.any(Number) });
    await studio.cancel("nothing");
  });
});

describe("a sweep", () => {
  test("gives every cell once, weights first, in the order of the bits", async () => {
    await openGemm();
    const cells: Cell[] = [];
    const done: number[] = [];
    const how = await studio.sweep(
      "sweep",
      sweepOf(),
      (cell) => cells.push(cell),
      (_, at) => done.push(at),
    );
    expect(how).toBe("done");
    expect(cells.map(({ layer, target, bits }) => `${layer} ${target} ${bits}`)).toEqual([
      "up weight 2",
      "down weight 2",
      "up weight 4",
      "down weight 4",
      "up activation 2",
      "down activation 2",
      "up activation 4",
      "down activation 4",
    ]);
    for (const { finding, failure } of cells) {
      expect(finding).toMatchObject({ n: 16, source: "measured" });
      expect(finding.value).toBeGreaterThan(0);
      expect(failure).toBeUndefined();
    }
    expect(cells[0]?.finding.value).toBeGreaterThan(2 * (cells[2]?.finding.value as number));
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("skips what is known, and begins with the rows asked for", async () => {
    await openGemm();
    const cells: string[] = [];
    const request = sweepOf({ targets: ["weight"], skip: ["up|weight|2"], first: ["down"] });
    await studio.sweep("sweep", request, ({ layer, bits }) => cells.push(`${layer} ${bits}`), idle);
    expect(cells).toEqual(["down 2", "down 4", "up 4"]);
  });

  test("cancelled in the middle, it keeps what was measured", async () => {
    await openGemm();
    const cells: Cell[] = [];
    const how = await studio.sweep(
      "sweep",
      sweepOf(),
      (cell) => {
        cells.push(cell);
        if (cells.length === 3) void studio.cancel("sweep");
      },
      idle,
    );
    expect(how).toBe("cancelled");
    expect(cells).toHaveLength(3);
    // And the studio goes on.
    expect((await studio.evaluate("evaluate", w4, idle)) as Score).toMatchObject({ done: true });
  });

  test("a second one of the name replaces the first; another name runs beside it", async () => {
    await openGemm();
    const first: string[] = [];
    const running = studio.sweep("sweep", sweepOf(), ({ layer }) => first.push(layer), idle);
    const second = studio.sweep("sweep", sweepOf({ targets: ["weight"] }), idle, idle);
    const other = studio.sweep("other", sweepOf({ targets: ["weight"] }), idle, idle);
    expect(await Promise.all([running, second, other])).toEqual(["cancelled", "done", "done"]);
    expect(first.length).toBeLessThan(8);
  });

  test("a cell that fails is a row with its reason, and the others are measured", async () => {
    let runs = 0;
    const faulty: Runtime = {
      name: "faulty",
      async load(file, options) {
        const session = await wasmRuntime.load(file, options);
        return {
          ...session,
          run: (feeds, fetch) => {
            // Runs 3 and 4 are the second cell's first ones.
            if (++runs === 3) return Promise.reject(new Error("run: out of memory, expected some"));
            return session.run(feeds, fetch);
          },
        };
      },
    };
    studio = studioOn(faulty);
    await openGemm();
    const cells: Cell[] = [];
    const request = sweepOf({ targets: ["weight"] });
    expect(await studio.sweep("sweep", request, (cell) => cells.push(cell), idle)).toBe("done");
    const failed = cells.filter(({ failure }) => failure !== undefined);
    expect(cells).toHaveLength(4);
    expect(failed).toMatchObject([
      { layer: "down", bits: 2, target: "weight", drop: null, failure: "run: out of memory, expected some" },
    ]);
    expect(failed[0]?.finding.value).toBeNaN();
    expect(failed[0]?.finding.of).toBe("down|weight|2");
  });

  test("new data ends it: its network and samples are gone", async () => {
    await openGemm();
    const cells: Cell[] = [];
    // Far more than can be measured while four samples are made up.
    const request = sweepOf({ bits: Array.from({ length: 200 }, (_, i) => 2 + (i % 7)) });
    const running = studio.sweep("sweep", request, (cell) => cells.push(cell), idle);
    await studio.openData("data", { kind: "synthetic", samples: 4 }, idle);
    expect(await running).toBe("cancelled");
    expect(cells.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });
});

test("an evaluation has precedence over a sweep", async () => {
  await openGemm(128);
  const log: string[] = [];
  const sweep = studio.sweep("sweep", sweepOf(), () => log.push("cell"), idle);
  // Running by then, in the middle of its cells.
  while (log.length < 2) await new Promise((resolve) => setTimeout(resolve, 0));
  log.length = 0;
  const scores: Score[] = [];
  const score = await studio.evaluate("evaluate", w4, (each) => {
    scores.push(each);
    log.push("score");
  });
  log.push("evaluated");
  await sweep;
  // At most the cell at hand comes between.
  const evaluated = log.indexOf("evaluated");
  expect(log.slice(0, evaluated).filter((each) => each === "cell").length).toBeLessThanOrEqual(1);
  expect(log.slice(evaluated).filter((each) => each === "cell").length).toBeGreaterThan(0);
  expect(scores.map(({ divergence, done }) => [divergence.n, done])).toEqual([
    [32, false],
    [64, false],
    [96, false],
  ]);
  expect(score).toMatchObject({ metric: "kl", done: true, divergence: { n: 128 } });
});

test("an evaluation that waits for a sweep's calibration gets it, cancelled or not", async () => {
  for (const cancel of [false, true]) {
    studio = studioOn();
    await openGemm();
    const sweep = studio.sweep("sweep", sweepOf({ bits: [8], targets: ["activation"] }), idle, idle);
    const score = studio.evaluate("evaluate", w8a8, idle);
    if (cancel) await studio.cancel("sweep");
    expect(await score).toMatchObject({ done: true });
    expect(await sweep).toBe(cancel ? "cancelled" : "done");
  }
});

test("an evaluation does not wait for a calibration that a sweep began", async () => {
  await openGemm(128);
  // The sweep's first cell calibrates; it stands aside, in the middle, for the evaluation, which calibrates too.
  const sweep = studio.sweep("sweep", sweepOf({ targets: ["activation"] }), idle, idle);
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(await studio.evaluate("evaluate", w8a8, idle)).toMatchObject({ done: true });
  expect(await sweep).toBe("done");
});

test("what is asked while a cancelled job calibrates is answered", async () => {
  await openGemm(128);
  const evaluation = studio.evaluate("evaluate", w8a8, idle);
  const size = studio.size(w8a8);
  await studio.cancel("evaluate");
  expect(await evaluation).toBe("cancelled");
  expect((await size).bytes).toBeGreaterThan(1000);
});

test("a later evaluation replaces an earlier one", async () => {
  await openGemm(128);
  const first = studio.evaluate("evaluate", w4, idle);
  const second = studio.evaluate("evaluate", w8a8, idle);
  expect(await first).toBe("cancelled");
  expect(await second).toMatchObject({ done: true });
});

describe("export", () => {
  test("writes the size that was shown, verified, with the recipe inside", async () => {
    await openGemm();
    const toFloat: (number | null)[] = [];
    for (const recipe of [w4, w8a8]) {
      const steps = new Set<string>();
      const { bytes } = await studio.size(recipe);
      const result = await studio.exportModel("export", recipe, (what) => steps.add(what));
      if (result === "cancelled") throw new Error("cancelled");
      expect(result.bytes.byteLength).toBe(bytes);
      expect(result.sha256).toBe(await sha256Hex(result.bytes));
      expect(result.fileName).toBe("gemm.quantized.onnx");
      const { verification } = result;
      expect(verification).toMatchObject({ ok: true, n: 48, runtime: wasmRuntime.name });
      expect(verification.sentence).toContain("it computes what the screen promised");
      expect(verification.simulated.sqnrDb).toBeGreaterThan(60);
      // File and simulation agree with one another even where neither agrees with the float network.
      expect(verification.simulated.agreement).toBe(1);
      toFloat.push(verification.agreement);
      expect(verification.sqnrDb).toBeGreaterThan(10);
      expect(steps).toContain("Verifying the file");
      // What the page showed is what the file scores.
      const score = (await studio.evaluate("evaluate", recipe, idle)) as Score;
      expect(verification.score.top1).toMatchObject({ value: score.top1?.value, n: 48 });
      expect(verification.score.divergence.value).toBeCloseTo(score.divergence.value, 5);
    }
    expect(toFloat[0]).toBeLessThan(1);
  });

  test("a size that is asked before data was calibrated, and after a cancel", async () => {
    await openGemm();
    const cancelled = studio.exportModel("export", w8a8, () => void studio.cancel("export"));
    expect(await cancelled).toBe("cancelled");
    expect((await studio.size(w8a8)).bytes).toBeGreaterThan(1000);
  });

  test("an unknown layer is a sentence", async () => {
    await openGemm();
    const recipe: Recipe = { schema, layers: { nowhere: "float" } };
    await expect(studio.exportModel("export", recipe, idle)).rejects.toThrow(
      'layer "nowhere": not in gemm.onnx',
    );
    await expect(studio.size(recipe)).rejects.toThrow('layer "nowhere"');
  });
});

describe("histograms", () => {
  const scheme = { format: "int4", granularity: "channel", symmetric: true, range: "minmax" } as const;

  test("of weights: every value counted, its channels' ranges, the grid of a scheme", async () => {
    await openGemm();
    const float = await studio.histogram("up", "weight", null);
    expect(float.counts.reduce((a, b) => a + b, 0)).toBe(40 * 24);
    expect(float.channels?.low).toHaveLength(24);
    expect(Math.min(...(float.channels?.low ?? []))).toBe(float.min);
    expect([float.grid.length, float.sqnrDb]).toEqual([0, null]);
    const four = await studio.histogram("up", "weight", scheme);
    expect(four.grid).toHaveLength(16);
    const two = await studio.histogram("up", "weight", { ...scheme, format: "int2" });
    expect(four.sqnrDb).toBeGreaterThan((two.sqnrDb as number) + 6);
  });

  test("of activations: from calibration", async () => {
    await openGemm();
    const eight = { format: "uint8", granularity: "tensor", symmetric: false, range: "minmax" } as const;
    const report = await studio.histogram("up", "activation", eight);
    expect(report.counts.reduce((a, b) => a + b, 0)).toBe(48 * 40);
    expect(report.grid).toHaveLength(256);
    expect(report.low).toBeCloseTo(report.min, 1);
    await expect(studio.histogram("nowhere", "weight", null)).rejects.toThrow('layer "nowhere"');
  });
});
