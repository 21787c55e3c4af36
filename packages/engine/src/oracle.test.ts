// Our quantizer against ONNX Runtime's QuantizeLinear and DequantizeLinear, bit for bit: what we predict, encode and
// store is what the exported file computes.

import { build, type Constant, constant, encodeModel, int, type Node } from "@bitscape/graph";
import {
  type Affine,
  decodeIntegers,
  encode,
  type Format,
  type Grouping,
  type Groups,
  groupsOf,
  integerFacts,
  type QParams,
  quantize,
} from "@bitscape/quant";
import { bytesOf, type DType, normal, packBits, seededRandom, sizeOf } from "@bitscape/tensor";
import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

const shape = [4, 13, 6];
const size = sizeOf(shape);

/** Per tensor, per axis (each), and blocked (each axis, whole and ragged, one block longer than the axis). */
const groupings: readonly Grouping[] = [
  { kind: "tensor" },
  { kind: "channel", axis: 0 },
  { kind: "channel", axis: 1 },
  { kind: "channel", axis: 2 },
  { kind: "block", axis: 0, size: 2 },
  { kind: "block", axis: 0, size: 3 },
  { kind: "block", axis: 1, size: 5 },
  { kind: "block", axis: 1, size: 13 },
  { kind: "block", axis: 2, size: 3 },
  { kind: "block", axis: 2, size: 4 },
  { kind: "block", axis: 2, size: 16 },
];

/** Bell-shaped values with exact zeros, and every part of the tensor on a scale of its own. */
function weights(seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, (_, i) => {
    const spread = 2 ** ((i % 6) - Math.floor(i / 78) * 3);
    return random() < 0.1 ? 0 : (normal(random) + 0.7) * spread;
  });
}

/**
 * Scales and zero points at will, and data that lie on ties, beside them, on codes, outside, near zero.
 * @param reach how far outside: up to scale · 2^reach
 */
function hard(
  seed: number,
  groups: Groups,
  format: Format,
  reach: number,
): { data: Float32Array; params: QParams } {
  const random = seededRandom(seed);
  const { qmin, qmax } = integerFacts(format);
  const scale = Float32Array.from({ length: groups.count }, (_, g) =>
    g % 3 === 0 ? 2 ** Math.floor(random() * 8 - 4) : 0.01 + random(),
  );
  const zeroPoint = Int32Array.from(scale, () => qmin + Math.floor(random() * (qmax - qmin + 1)));
  // The scale of each element, by decoding ones.
  const ones = new Int16Array(size).fill(1);
  const steps = decodeIntegers({ codes: ones, groups, scale, zeroPoint: new Int32Array(groups.count) });
  const data = steps.map((s) => {
    const k = Math.floor((random() - 0.5) * 3 * (qmax - qmin));
    const kinds = [
      (k + 0.5) * s, // a tie, exact where the scale is a power of two
      (k + 0.5) * s * (1 + (random() - 0.5) * 2 ** -21),
      k * s,
      (random() - 0.5) * 3 * (qmax - qmin) * s,
      (random() < 0.5 ? -1 : 1) * 2 ** (20 + random() * (reach - 20)) * s, // far outside
      (random() - 0.5) * 2 ** -130,
      random() < 0.5 ? 0 : -0,
    ];
    return kinds[Math.floor(random() * kinds.length)] as number;
  });
  return { data, params: { scale, zeroPoint } };
}

/**
 * ONNX Runtime 1.30's kernels for blocks and for 4 bits along the last axis round to int32 before they saturate, so they
 * wrap where |x / scale| ≥ 2^31 (we saturate, as the specification says). Only weights are blocked, and those are
 * stored as codes; activations are per tensor.
 */
const reachOf = (format: Format, { kind }: Grouping) =>
  kind === "tensor" || (kind === "channel" && integerFacts(format).bits === 8) ? 110 : 28;

interface Case {
  readonly name: string;
  readonly grouping: Grouping;
  readonly groups: Groups;
  readonly data: Float32Array;
  readonly params: QParams;
}

function casesOf(format: Format): Case[] {
  return groupings.flatMap((grouping, i) => {
    const name = JSON.stringify(grouping);
    const fitted = [true, false].map((symmetric) => {
      const data = weights(i);
      const found = quantize(data, shape, { format, symmetric, range: "minmax" }, grouping) as Affine;
      const kind = symmetric ? "symmetric" : "affine";
      return { name: `${kind} ${name}`, grouping, groups: found.groups, data, params: found };
    });
    const groups = groupsOf(shape, grouping);
    return [
      ...fitted,
      { name: `hard ${name}`, grouping, groups, ...hard(100 + i, groups, format, reachOf(format, grouping)) },
    ];
  });
}

const narrow = (dtype: DType, codes: ArrayLike<number>) => {
  const bits = integerFacts(dtype as Format).bits as 2 | 4 | 8;
  return packBits(codes, bits);
};

/** Scale and zero point as initializers, and the attributes that say how they lie. */
function stored(i: number, dtype: DType, { groups, grouping, params }: Case) {
  const constants: Constant[] = [
    constant(`s${i}`, "float32", groups.scaleShape, bytesOf(params.scale)),
    constant(`z${i}`, dtype, groups.scaleShape, narrow(dtype, params.zeroPoint)),
  ];
  const attributes = {
    ...(grouping.kind !== "tensor" && { axis: int(grouping.axis) }),
    ...(grouping.kind === "block" && { block_size: int(grouping.size) }),
  };
  return { constants, attributes };
}

type Values = Readonly<Record<string, Float32Array>>;

async function run(
  nodes: readonly Node[],
  constants: readonly Constant[],
  feeds: Values,
  outputs: readonly string[],
  opset: number,
): Promise<Values> {
  const graph = build.graph({
    nodes,
    constants,
    inputs: Object.keys(feeds).map((name) => build.value(name, "float32", shape)),
    outputs: outputs.map((name) => build.value(name, "float32", shape)),
  });
  // As written: nothing fused, nothing folded.
  const session = await ort.InferenceSession.create(encodeModel(build.model(graph, opset)), {
    logSeverityLevel: 3,
    graphOptimizationLevel: "disabled",
  });
  try {
    const found = await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, data]) => [name, new ort.Tensor("float32", data, shape)]),
      ),
    );
    return Object.fromEntries(outputs.map((name) => [name, found[name]?.data as Float32Array]));
  } finally {
    await session.release();
  }
}

/** Where two arrays differ in any bit (−0 is not 0). */
function differences(
  name: string,
  data: ArrayLike<number>,
  found: Float32Array,
  expected: Float32Array,
): string[] {
  const [a, b] = [new Uint32Array(found.buffer, found.byteOffset, size), new Uint32Array(expected.buffer)];
  const wrong: string[] = [];
  for (let i = 0; i < size; i++) {
    if (a[i] !== b[i]) wrong.push(`${name}[${i}] of ${data[i]}: ${expected[i]}, ONNX Runtime ${found[i]}`);
  }
  return wrong.slice(0, 3);
}

describe.each(["int8", "uint8", "int4", "uint4"] as const)("%s", (format) => {
  const cases = casesOf(format);

  it("QuantizeLinear gives our codes, and DequantizeLinear our values", async () => {
    const nodes: Node[] = [];
    const constants: Constant[] = [];
    const feeds: Record<string, Float32Array> = {};
    cases.forEach((each, i) => {
      const { attributes, constants: own } = stored(i, format, each);
      constants.push(...own);
      feeds[`x${i}`] = each.data;
      nodes.push(
        build.node("QuantizeLinear", [`x${i}`, `s${i}`, `z${i}`], [`q${i}`], attributes),
        build.node("Cast", [`q${i}`], [`codes${i}`], { to: int(1) }), // 4-bit types cannot leave a graph
        build.node("DequantizeLinear", [`q${i}`, `s${i}`, `z${i}`], [`values${i}`], attributes),
      );
    });
    const outputs = cases.flatMap((_, i) => [`codes${i}`, `values${i}`]);
    const found = await run(nodes, constants, feeds, outputs, 21);
    const wrong = cases.flatMap(({ name, groups, data, params }, i) => {
      const codes = encode(data, groups, params, integerFacts(format));
      const values = decodeIntegers({ codes, groups, ...params });
      return [
        ...differences(`codes, ${name}`, data, found[`codes${i}`] as Float32Array, Float32Array.from(codes)),
        ...differences(`values, ${name}`, data, found[`values${i}`] as Float32Array, values),
      ];
    });
    expect(wrong).toEqual([]);
    expect(cases).toHaveLength(33);
  });
});

describe.each(["int8", "uint8", "int4", "uint4", "int2", "uint2"] as const)("stored %s", (format) => {
  it("DequantizeLinear of our packed codes gives our values", async () => {
    const cases = casesOf(format);
    const nodes: Node[] = [];
    const constants: Constant[] = [];
    const codes = cases.map(({ data, groups, params }) => encode(data, groups, params, integerFacts(format)));
    cases.forEach((each, i) => {
      const { attributes, constants: own } = stored(i, format, each);
      constants.push(...own, constant(`q${i}`, format, shape, narrow(format, codes[i] as Affine["codes"])));
      nodes.push(build.node("DequantizeLinear", [`q${i}`, `s${i}`, `z${i}`], [`values${i}`], attributes));
    });
    const outputs = cases.map((_, i) => `values${i}`);
    const found = await run(nodes, constants, {}, outputs, 25);
    const wrong = cases.flatMap(({ name, groups, params }, i) => {
      const values = decodeIntegers({ codes: codes[i] as Affine["codes"], groups, ...params });
      return differences(name, codes[i] as Affine["codes"], found[`values${i}`] as Float32Array, values);
    });
    expect(wrong).toEqual([]);
    // Every code was met.
    expect(new Set(codes.flatMap((each) => [...each])).size).toBe(2 ** integerFacts(format).bits);
  });
});
