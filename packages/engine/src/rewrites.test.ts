// The graph package's rewrites against ONNX Runtime: what a network computes before and after is the same.

import {
  build,
  type Constant,
  constant,
  constantOf,
  constantSubgraph,
  decodeModel,
  encodeModel,
  float,
  floats,
  int,
  ints,
  type Model,
  raiseOpset,
  replaceByConstants,
  simplify,
  string,
  trueInputs,
} from "@bitscape/graph";
import { type DType, seededRandom, sizeOf, tensor } from "@bitscape/tensor";
import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error"; // Old files list initializers as inputs: a warning each.

type Tensors = Readonly<Record<string, ort.Tensor>>;

async function run(model: Model, feeds: Tensors): Promise<Tensors> {
  const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 3 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** The largest difference over all outputs; names, shapes and counts must agree. */
function difference(expected: Tensors, found: Tensors): number {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  let largest = 0;
  for (const [name, { dims, data }] of Object.entries(expected)) {
    const other = found[name] as ort.Tensor;
    expect(other.dims).toEqual(dims);
    for (let i = 0; i < data.length; i++) {
      largest = Math.max(largest, Math.abs(Number(data[i]) - Number(other.data[i])));
    }
  }
  return largest;
}

/** Constants computed by the runtime and put in. */
async function fold(model: Model): Promise<Model> {
  const found = constantSubgraph(model);
  if (!found) return model;
  const values = new Map<string, Constant>();
  for (const [name, { type, dims, data }] of Object.entries(await run(found.model, {}))) {
    const { buffer, byteOffset, byteLength } = data as Float32Array;
    values.set(name, constant(name, type as DType, dims, new Uint8Array(buffer, byteOffset, byteLength)));
  }
  expect([...values.keys()].sort()).toEqual([...found.values].sort());
  return { ...model, graph: replaceByConstants(model.graph, values) };
}

async function expectSame(model: Model, feeds: Tensors, tolerance: number): Promise<void> {
  const expected = await run(model, feeds);
  for (const opset of [21, 25]) {
    const raised = raiseOpset(model, opset);
    const clean = simplify(raised);
    for (const each of [raised, clean, await fold(clean)]) {
      expect(difference(expected, await run(each, feeds))).toBeLessThanOrEqual(tolerance);
    }
  }
}

function random(seed: number, shape: readonly number[]): Float32Array {
  const next = seededRandom(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1);
}

const floatFeed = (shape: readonly number[]) => new ort.Tensor("float32", random(1, shape), shape);

describe("small networks of old opsets", () => {
  const weights = (name: string, shape: readonly number[], seed: number) =>
    constantOf(name, tensor("float32", shape, random(seed, shape)));
  const positive = (name: string, count: number, seed: number) =>
    constantOf(
      name,
      tensor(
        "float32",
        [count],
        random(seed, [count]).map((each) => Math.abs(each) + 0.5),
      ),
    );
  const { node } = build;

  it("opset 7: Upsample, Slice, Pad, Clip, Squeeze, Dropout, Softmax over several axes", async () => {
    const graph = build.graph({
      inputs: [build.value("x", "float32", [1, 2, 3, 4])],
      outputs: [build.value("y", "float32"), build.value("v", "float32"), build.value("i", "int64")],
      nodes: [
        node("Upsample", ["x"], ["a"], { scales: floats([1, 1, 2, 2]), mode: string("linear") }),
        node("Slice", ["a"], ["b"], {
          axes: ints([2, 3]),
          starts: ints([1, -5]),
          ends: ints([5, 2n ** 63n - 1n]),
        }),
        node("Pad", ["b"], ["c"], { pads: ints([0, 0, 1, 0, 0, 0, 0, 1]), value: float(0.25) }),
        node("Clip", ["c"], ["d"], { min: float(-0.5), max: float(0.5) }),
        node("Dropout", ["d"], ["e", "mask"], { ratio: float(0.4) }),
        node("Identity", ["e"], ["f"]),
        node("Softmax", ["f"], ["g"]),
        node("ReduceMean", ["g"], ["h"], { axes: ints([1]), keepdims: int(0) }),
        node("Squeeze", ["h"], ["y"], { axes: ints([0]) }),
        node("TopK", ["g"], ["v", "i"], { k: int(2), axis: int(3) }),
      ],
    });
    await expectSame(build.model(graph, 7), { x: floatFeed([1, 2, 3, 4]) }, 0);
  });

  it("opset 9: BatchNormalization after Conv, ConvTranspose and Gemm, constants to fold", async () => {
    const norms = (prefix: string, count: number) =>
      ["s", "b", "m", "v"].map((each, i) => positive(`${prefix}${each}`, count, i));
    const norm = (from: string, prefix: string) => [
      from,
      ...["s", "b", "m", "v"].map((each) => prefix + each),
    ];
    const graph = build.graph({
      inputs: [build.value("x", "float32", ["N", 2, 5, 5])],
      outputs: [build.value("y", "float32")],
      constants: [
        weights("w", [4, 1, 3, 3], 1),
        weights("u", [4, 2, 2, 2], 2),
        weights("uc", [4], 3),
        weights("q", [6, 256], 4),
        weights("qc", [1, 6], 5),
        ...[...norms("p", 4), ...norms("r", 4), ...norms("t", 6)],
        constantOf("shape", tensor("int64", [1], [-1])),
      ],
      nodes: [
        node("Conv", ["x", "w"], ["a"], { group: int(2), pads: ints([1, 1, 0, 0]) }),
        node("BatchNormalization", norm("a", "p"), ["b"]),
        node("ConvTranspose", ["b", "u", "uc"], ["c"], { group: int(2), strides: ints([2, 2]) }),
        node("BatchNormalization", norm("c", "r"), ["d"], { epsilon: float(0.01) }),
        node("Flatten", ["d"], ["e"]),
        node("Shape", ["qc"], ["s1"]),
        node("Concat", ["s1", "shape"], ["s2"], { axis: int(0) }),
        node("Gemm", ["e", "q", "qc"], ["f"], { transB: int(1), alpha: float(0.5), beta: float(2) }),
        node("BatchNormalization", norm("f", "t"), ["g"]),
        node("Unsqueeze", ["g"], ["h"], { axes: ints([2]) }),
        node("Gather", ["s2", "zero"], ["one"], { axis: int(0) }),
        node("Cast", ["one"], ["k"], { to: int(1) }),
        node("Mul", ["h", "k"], ["y"]),
      ],
    });
    const zero = constantOf("zero", tensor("int64", [], [0]));
    const whole = { ...graph, constants: new Map([...graph.constants, ["zero", zero] as const]) };
    const model = build.model(whole, 9);
    const clean = await fold(simplify(raiseOpset(model, 21)));
    expect(clean.graph.nodes.map((each) => each.op).join(" ")).toBe(
      "Conv ConvTranspose Flatten Gemm Unsqueeze Mul",
    );
    await expectSame(model, { x: floatFeed([2, 2, 5, 5]) }, 5e-6);
  });

  it("an output that is constant", async () => {
    const graph = build.graph({
      inputs: [build.value("x", "float32", [2])],
      outputs: [build.value("y", "float32"), build.value("z", "float32")],
      constants: [weights("k", [2], 1)],
      nodes: [node("Exp", ["k"], ["z"]), node("Add", ["x", "z"], ["y"])],
    });
    const model = build.model(graph, 13);
    expect((await fold(model)).graph.nodes).toHaveLength(1);
    await expectSame(model, { x: floatFeed([2]) }, 0);
  });
});

// Node's file system, without Node's types in a package for workers.
interface Files {
  readonly existsSync: (path: string) => boolean;
  readonly readFileSync: (path: string) => Uint8Array;
}
declare const process: { readonly getBuiltinModule: (name: "fs") => Files };
const files = process.getBuiltinModule("fs");
const models = decodeURIComponent(new URL("../../../../shared/models/", import.meta.url).pathname);

describe.skipIf(!files.existsSync(models))(`real networks (skipped without ${models})`, () => {
  it.each([
    ["cifar-vit", { batch_size: 2 }],
    ["silero-vad", { batch: 1, sequence: 576 }],
    ["ultraface-rfb320", {}],
  ])("%s", async (name, dims: Record<string, number>) => {
    const model = decodeModel(Uint8Array.from(files.readFileSync(`${models}${name}.onnx`)), { name });
    const feeds: Record<string, ort.Tensor> = {};
    for (const input of trueInputs(model.graph)) {
      const shape = (input.shape ?? []).map((dim) =>
        typeof dim === "number" ? dim : (dims[dim ?? ""] as number),
      );
      feeds[input.name] =
        input.dtype === "int64" ? new ort.Tensor("int64", BigInt64Array.of(16000n), shape) : floatFeed(shape);
    }
    await expectSame(model, feeds, 2e-6);
  });
});
