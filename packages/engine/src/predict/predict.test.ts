// Predictions as the page asks for them, anytime measurement on top of them, and the estimators against what they estimate.

import { build, constantOf, encodeModel, int } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { cellName } from "../cells/sensitivity.ts";
import { writeNpz } from "../data/index.ts";
import type { Cell, PredictReport, PredictRequest, SweepRequest } from "../protocol.ts";
import { Studio } from "../studio.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import {
  attentionNet,
  bias,
  convNet,
  gemmNet,
  recurrentNet,
  residualNet,
  type SmallNet,
  samplesOf,
  smallNet,
  weight,
} from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";

const idle = () => {};
const none = async () => {};

let studio: Studio | undefined;
afterEach(() => {
  studio = undefined;
});

async function opened(net: SmallNet, samples = 48): Promise<Studio> {
  studio = new Studio({
    runtime: wasmRuntime,
    decode: async (_, name) => {
      throw new Error(`${name}: no images here`);
    },
  });
  await studio.openModel([new File([encodeModel(net.model)], `${net.name}.onnx`)], {}, idle);
  const data = new File([await writeNpz(samplesOf(net, samples))], "data.npz");
  await studio.openData("data", { kind: "files", files: [data] }, idle);
  return studio;
}

const request = (more: Partial<PredictRequest> = {}): PredictRequest => ({
  ...{ bits: [2, 4, 8], targets: ["weight", "activation"], samples: 48, estimator: "gauss-newton" },
  ...more,
});

async function predicted(net: SmallNet, more: Partial<PredictRequest> = {}) {
  const cells = new Map<string, Cell>();
  const found = await (await opened(net)).predict(
    "predict",
    request(more),
    (group) => {
      for (const cell of group) cells.set(cellName(cell), cell);
    },
    idle,
  );
  return { cells, report: found as PredictReport };
}

async function swept(open: Studio, more: Partial<SweepRequest> = {}) {
  const cells: Cell[] = [];
  const all: SweepRequest = { bits: [2, 4, 8], targets: ["weight", "activation"], samples: 48, ...more };
  const end = await open.sweep("sweep", all, (cell) => cells.push(cell), idle);
  return { cells, end };
}

describe("predictions", () => {
  // Weights drawn at random lose much at 4 bits: the second order holds at 8.
  test.each([convNet, residualNet, attentionNet])("come near to what is measured: $name", async (net) => {
    const { cells, report } = await predicted(net);
    expect(report).toMatchObject({ estimator: "gauss-newton", n: 48, without: [] });
    expect(report.forwardPasses).toBe(96);
    const measured = (await swept(studio as Studio)).cells;
    expect(cells.size).toBe(measured.length);
    const logs: number[] = [];
    let held = 0;
    for (const cell of measured) {
      const { finding } = cells.get(cellName(cell)) as Cell;
      expect(finding).toMatchObject({ source: "predicted", n: 48, of: cellName(cell) });
      if (cell.bits === 8) logs.push(Math.abs(Math.log(finding.value / cell.finding.value)));
      if (finding.low <= cell.finding.value && cell.finding.value <= finding.high) held++;
    }
    logs.sort((a, b) => a - b);
    expect(logs[logs.length >> 1]).toBeLessThan(0.35);
    expect(held / measured.length).toBeGreaterThan(0.8);
  });

  test("more samples extend what is known: few runs, and the same numbers as at once", async () => {
    const { cells } = await predicted(convNet, { samples: 48 });
    const first = studio as Studio;
    const again: Cell[] = [];
    await first.predict("predict", request({ samples: 48 }), (group) => again.push(...group), idle);
    expect(again.map(({ finding }) => finding)).toEqual(
      again.map((cell) => (cells.get(cellName(cell)) as Cell).finding),
    );
    const { cells: fewer } = await predicted(convNet, { samples: 16 });
    const extended: Cell[] = [];
    await (studio as Studio).predict(
      "predict",
      request({ samples: 48 }),
      (group) => extended.push(...group),
      idle,
    );
    for (const cell of extended)
      expect(cell.finding.value).toBeCloseTo((cells.get(cellName(cell)) as Cell).finding.value, 8);
    expect(fewer.size).toBe(extended.length);
  });

  test("of other formats, by their names; skipped cells are left out", async () => {
    const { cells } = await predicted(convNet, {
      bits: [4, "nf4", "float8e4m3"],
      skip: ["first|weight|4"],
    });
    expect(cells.has("first|weight|4")).toBe(false);
    expect(cells.get("first|weight|nf4")?.bits).toBe("nf4");
    expect(cells.get("first|activation|float8e4m3")?.finding.value).toBeGreaterThan(0);
    // No activations in nf4: measuring says why.
    expect(cells.has("first|activation|nf4")).toBe(false);
  });

  test("give the interactions of layers: two together lose what the matrix adds up to", async () => {
    const { report } = await predicted(convNet, { bits: [8], pairs: 8 });
    const { layers, matrix, bits } = report.pairs as NonNullable<PredictReport["pairs"]>;
    expect({ layers, bits }).toEqual({ layers: ["first", "second", "head"], bits: 8 });
    const int8 = { weight: { format: "int8" } };
    const recipe = { schema: "bitscape/recipe/1" as const, layers: { first: int8, second: int8 } };
    const score = await (studio as Studio).evaluate("evaluate", recipe, idle);
    if (score === "cancelled") throw new Error(score);
    const together = [0, 1]
      .flatMap((a) => [0, 1].map((b) => matrix[3 * a + b] as number))
      .reduce((a, b) => a + b, 0);
    expect(Math.abs(Math.log(together / score.divergence.value))).toBeLessThan(0.5);
  });

  test("can be cancelled", async () => {
    const open = await opened(residualNet);
    const end = await open.predict(
      "predict",
      request(),
      () => {},
      (_, done) => {
        if (done > 10) void open.cancel("predict");
      },
    );
    expect(end).toBe("cancelled");
    // And asked for again.
    expect(await open.predict("predict", request(), () => {}, idle)).toMatchObject({ without: [] });
  });

  test("are missing behind an operator without a gradient, which is named; those cells are measured", async () => {
    const { cells, report } = await predicted(recurrentNet);
    expect(cells.size).toBe(0);
    expect(report.without.map(({ layer, op }) => [layer, op])).toEqual([
      ["lstm", "LSTM"],
      ["gru", "GRU"],
    ]);
    expect(report.without[0]?.reason).toMatch(/^LSTM lstm: no gradient rule, expected /);
    const { cells: measured, end } = await swept(studio as Studio, { anytime: true, targets: ["weight"] });
    expect(end).toBe("done");
    const last = new Map(measured.map((cell) => [cellName(cell), cell]));
    expect(last.size).toBe(6);
    for (const { finding } of last.values()) expect(finding).toMatchObject({ source: "measured" });
  });

  test("layers behind the last such operator are predicted", async () => {
    const net = smallNet("recurrent then dense", {
      inputs: recurrentNet.inputs,
      constants: [
        ...recurrentNet.model.graph.constants.values(),
        weight("hw", [6, 4], 9, 6),
        bias("hb", 4, 10),
      ],
      nodes: [
        ...recurrentNet.model.graph.nodes.slice(0, -1),
        build.node("Squeeze", ["g", "first"], ["s"], {}, "last"),
        build.node("Gemm", ["s", "hw", "hb"], ["y"], {}, "dense"),
      ],
    });
    const { cells, report } = await predicted(net, { targets: ["weight"] });
    expect([...cells.values()].map(({ layer }) => layer)).toEqual(["dense", "dense", "dense"]);
    expect(report.without.map(({ layer, op }) => [layer, op])).toEqual([
      ["lstm", "LSTM"],
      ["gru", "GRU"],
    ]);
  });
});

describe("anytime measurement", () => {
  test("gives cells again and again, finer each time, and ends with all of them measured", async () => {
    const open = await opened(residualNet, 64);
    const steps: [number, number][] = [];
    const cells: Cell[] = [];
    const all: SweepRequest = {
      bits: [2, 4, 8],
      targets: ["weight", "activation"],
      samples: 64,
      anytime: true,
    };
    const end = await open.sweep(
      "sweep",
      all,
      (cell) => cells.push(cell),
      (_, done, total) => steps.push([done, total]),
    );
    expect(end).toBe("done");
    const last = new Map<string, Cell>();
    for (const cell of cells) {
      expect(cell.finding.n).toBeGreaterThan(last.get(cellName(cell))?.finding.n ?? 0);
      expect(cell.finding.source).toBe("measured");
      last.set(cellName(cell), cell);
    }
    const plain = await swept(open, { samples: 64 });
    expect(last.size).toBe(plain.cells.length);
    let held = 0;
    for (const cell of plain.cells) {
      const { finding } = last.get(cellName(cell)) as Cell;
      if (finding.n === 64) expect(finding.value).toBeCloseTo(cell.finding.value, 9);
      if (finding.low <= cell.finding.value && cell.finding.value <= finding.high) held++;
    }
    expect(held / plain.cells.length).toBeGreaterThan(0.9);
    const runs = [...last.values()].reduce((sum, { finding }) => sum + finding.n, 0);
    expect(steps.at(-1)).toEqual([runs, runs]);
    expect(runs).toBeLessThan(64 * last.size);
  });

  test("keeps what was given when it is cancelled, and leaves out what is skipped", async () => {
    const open = await opened(residualNet);
    const cells: Cell[] = [];
    const skip = ["stem|weight|2"];
    const end = await open.sweep(
      "sweep",
      { bits: [2, 4], targets: ["weight"], samples: 48, skip, anytime: true },
      (cell) => {
        cells.push(cell);
        if (cells.length === 3) void open.cancel("sweep");
      },
      idle,
    );
    expect(end).toBe("cancelled");
    expect(cells.length).toBeGreaterThanOrEqual(3);
    expect(cells.length).toBeLessThan(8);
    expect(cells.map(cellName)).not.toContain("stem|weight|2");
    for (const { finding } of cells) expect(finding.high).toBeGreaterThan(finding.low);
  });

  test("a cell that fails is told, and the others go on", async () => {
    const open = await opened(gemmNet);
    const { cells, end } = await swept(open, { bits: [4, "nf4"], anytime: true });
    expect(end).toBe("done");
    const failed = cells.filter(({ failure }) => failure !== undefined);
    expect(failed.map(cellName)).toEqual(expect.arrayContaining(["up|activation|nf4"]));
    expect(failed[0]?.failure).toMatch(/^activation format: "nf4", expected/);
    expect(new Set(cells.filter(({ failure }) => !failure).map(cellName)).size).toBeGreaterThanOrEqual(4);
  });
});

describe("other estimators", () => {
  /** A linear classifier: all curvatures are known. */
  const linear = smallNet("linear", {
    inputs: { x: { shape: [5] } },
    constants: [weight("w", [5, 3], 4, 5), bias("b", 3, 5)],
    nodes: [build.node("Gemm", ["x", "w", "b"], ["y"], {}, "only")],
  });
  const softmaxed = smallNet("linear, softmax", {
    inputs: { x: { shape: [5] } },
    constants: [weight("w", [5, 3], 4, 5), bias("b", 3, 5)],
    nodes: [
      build.node("Gemm", ["x", "w", "b"], ["z"], {}, "only"),
      build.node("Softmax", ["z"], ["y"], { axis: int(-1) }, "soft"),
    ],
  });

  /** Tr(H) / n of the weight: mean over samples of ‖x‖² · Σ p (1 − p), over 15. */
  async function exactTrace(samples: number): Promise<number> {
    const network = await openSmall(linear, wasmRuntime);
    const dataset = smallDataset(linear, samples);
    const study = await Study.open(network, dataset, wasmRuntime);
    const indices = Array.from({ length: samples }, (_, i) => i);
    const { x } = await dataset.batch(indices);
    const spread = await study.reference.importance(indices, study.probe, none);
    await study.release();
    const data = x?.data as Float32Array;
    return (
      indices.reduce(
        (sum, i) =>
          sum + data.subarray(5 * i, 5 * i + 5).reduce((s, v) => s + v * v, 0) * (spread[i] as number),
        0,
      ) /
      samples /
      15
    );
  }

  test.each([linear, softmaxed])("hawq's trace is that of the Hessian: $name", async (net) => {
    const network = await openSmall(net, wasmRuntime);
    const study = await Study.open(network, smallDataset(net, 40), wasmRuntime);
    const indices = Array.from({ length: 40 }, (_, i) => i);
    const keys = [{ layer: "only", target: "weight" as const, bits: 4 }];
    const { traces, without } = await study.predictor.traces({ keys, indices, between: none });
    await study.release();
    expect(without).toEqual([]);
    const { mean, error, probes } = traces.get("w") as NonNullable<ReturnType<typeof traces.get>>;
    expect(probes).toBeGreaterThanOrEqual(16);
    expect(error).toBeGreaterThan(0);
    expect(Math.abs(mean - (await exactTrace(40)))).toBeLessThan(4 * error);
    expect(error / mean).toBeLessThan(0.4);
  });

  test("hawq predicts weights alone; fisher both; each says which it is", async () => {
    const hawq = await predicted(convNet, { estimator: "hawq" });
    expect(hawq.report).toMatchObject({ estimator: "hawq", without: [] });
    expect([...hawq.cells.values()].every(({ target }) => target === "weight")).toBe(true);
    expect(hawq.cells.size).toBe(9);
    const fisher = await predicted(convNet, { estimator: "fisher" });
    expect(fisher.report.estimator).toBe("fisher");
    const newton = await predicted(convNet);
    expect(fisher.cells.size).toBe(newton.cells.size);
    for (const [name, cell] of fisher.cells) {
      expect(cell.finding.value).toBeGreaterThan(0);
      expect(cell.finding.value).not.toBe(newton.cells.get(name)?.finding.value);
    }
  });

  test("an operator without a gradient is named by all of them", async () => {
    for (const estimator of ["fisher", "hawq"] as const) {
      const { report } = await predicted(recurrentNet, { estimator, targets: ["weight"] });
      expect(report.without.map(({ op }) => op)).toEqual(["LSTM", "GRU"]);
    }
  });
});

test("samples that share an axis are run one by one", async () => {
  // [N, T, C] folded to [N · T, C] for a Gemm, as exporters of linear layers do.
  const net = smallNet("folded", {
    inputs: { x: { shape: [4, 6] } },
    constants: [
      weight("w", [6, 8], 1, 6),
      bias("b", 8, 2),
      weight("v", [8, 3], 3, 8),
      constantOf("rows", tensor("int64", [2], [-1, 6])),
      constantOf("back", tensor("int64", [3], [-1, 4, 8])),
      constantOf("axes", tensor("int64", [1], [1])),
    ],
    nodes: [
      build.node("Reshape", ["x", "rows"], ["r"], {}, "fold"),
      build.node("Gemm", ["r", "w", "b"], ["g"], {}, "folded"),
      build.node("Relu", ["g"], ["h"], {}, "relu"),
      build.node("Reshape", ["h", "back"], ["u"], {}, "unfold"),
      build.node("ReduceSum", ["u", "axes"], ["s"], { keepdims: int(0) }, "sum"),
      build.node("Gemm", ["s", "v"], ["y"], {}, "head"),
    ],
  });
  const { cells, report } = await predicted(net, { targets: ["weight"], bits: [6] });
  expect(report.without).toEqual([]);
  const measured = (await swept(studio as Studio, { targets: ["weight"], bits: [6] })).cells;
  for (const cell of measured) {
    const ratio = (cells.get(cellName(cell)) as Cell).finding.value / cell.finding.value;
    expect(Math.abs(Math.log(ratio))).toBeLessThan(0.4);
  }
});
