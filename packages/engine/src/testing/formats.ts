// Every format of weights on every kind of operator, many in one network: what an exported file holds, decodes to and
// computes, for tests on both builds of ONNX Runtime. For tests only.

import {
  build,
  constantOf,
  encodedSize,
  encodeModel,
  int,
  ints,
  type Model,
  type Node,
} from "@bitscape/graph";
import { decode, encodedBytes, formatRows, groupsOf } from "@bitscape/quant";
import type { Tensor } from "@bitscape/tensor";
import { type Exported, exportNetwork } from "../export/exporter.ts";
import type { Network } from "../network/network.ts";
import { type Plan, planRecipe, type WeightPlan } from "../plan/plan.ts";
import { encodeWeight } from "../plan/weight.ts";
import type { Recipe, RecipeScheme } from "../recipe.ts";
import type { Memory } from "../runtime/memory.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { openSmall } from "./data.ts";
import { differenceOf } from "./exports.ts";
import { type SmallNet, samplesOf, smallNet, weight } from "./nets.ts";

export interface Operator {
  readonly name: string;
  readonly shape: readonly number[];
  readonly input: SmallNet["inputs"][string];
  readonly node: (weight: string, output: string, id: string) => Node;
}

const { node } = build;
const pads = { pads: ints([1, 1, 1, 1]) };

// No size is a multiple of what is packed together, and blocks of 8 end short, except where they must fit.
export const operators: readonly Operator[] = [
  {
    name: "Conv",
    shape: [10, 6, 3, 3],
    input: { shape: [6, 5, 5] },
    node: (w, y, id) => node("Conv", ["x", w], [y], pads, id),
  },
  {
    name: "depthwise Conv",
    shape: [6, 1, 3, 3],
    input: { shape: [6, 5, 5] },
    node: (w, y, id) => node("Conv", ["x", w], [y], { ...pads, group: int(6) }, id),
  },
  {
    name: "Gemm",
    shape: [21, 34],
    input: { shape: [34] },
    node: (w, y, id) => node("Gemm", ["x", w], [y], { transB: int(1) }, id),
  },
  {
    name: "MatMul",
    shape: [34, 21],
    input: { shape: [3, 34] },
    node: (w, y, id) => node("MatMul", ["x", w], [y], {}, id),
  },
  {
    name: "Gather",
    shape: [13, 50],
    input: { shape: [4], dtype: "int64", bound: 13 },
    node: (w, y, id) => node("Gather", [w, "x"], [y], { axis: int(0) }, id),
  },
];

export const granularities: readonly RecipeScheme["granularity"][] = ["tensor", "channel", { block: 8 }];

/** Every example that a format's row gives, and what only a scheme can ask of one. */
const schemes: readonly Partial<RecipeScheme>[] = formatRows.flatMap(({ family, examples }) =>
  examples.flatMap((format): Partial<RecipeScheme>[] =>
    family === "int"
      ? [true, false].map((symmetric) => ({ format, symmetric }))
      : family === "product"
        ? [{ format }, { format, centroids: "int8" }]
        : [{ format }],
  ),
);

/** Whether a product's blocks fit an operator's weight. */
function fits(scheme: Partial<RecipeScheme>, network: Network, of: number): boolean {
  const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [`l${of}`]: { weight: scheme } } };
  try {
    planRecipe(network, recipe);
    return true;
  } catch {
    return false;
  }
}

function netOf({ name, shape, input, node: of }: Operator): SmallNet {
  return smallNet(name, {
    inputs: { x: input },
    constants: schemes.map((_, i) => weight(`w${i}`, shape, i + 1)),
    outputs: schemes.map((_, i) => `y${i}`),
    nodes: schemes.map((_, i) => of(`w${i}`, `y${i}`, `l${i}`)),
  });
}

/** What is wrong with the files of one operator's weights in every format; as sentences, none where all is well. */
export async function formatFaults(
  operator: Operator,
  granularity: RecipeScheme["granularity"],
  memory: Memory | undefined,
  runtime: Runtime,
): Promise<{ readonly faults: readonly string[]; readonly formats: number }> {
  const net = netOf(operator);
  const network = await openSmall(net, runtime);
  const chosen = schemes.flatMap((scheme, i) => (fits(scheme, network, i) ? [i] : []));
  const layers = Object.fromEntries(
    chosen.map((i) => [`l${i}`, { weight: { ...schemes[i], granularity, ...(memory && { memory }) } }]),
  );
  const recipe: Recipe = { schema: "bitscape/recipe/1", layers };
  const plan = planRecipe(network, recipe);
  const exported = exportNetwork(network, plan, recipe);
  const decoded = new Map(
    [...plan.weights.values()].map((each) => [each.weight.name, decode(encodeWeight(network, each))]),
  );
  const faults = [
    ...fileFaults(exported, plan),
    ...(await valueFaults(exported.model, plan, decoded, runtime)),
    ...(await outputFaults(net, exported.model, decoded, runtime)),
  ];
  return { faults, formats: chosen.length };
}

const nameOf = ({ scheme }: WeightPlan) => `${scheme.format}${scheme.symmetric ? "" : " affine"}`;

// Constants of unpacking, and codes that fill up the last row of a packed tensor.
const UNPACKING = 160;

/** The exact length of the file, and what each weight takes of it beside the arithmetic. */
function fileFaults({ model, tensors }: Exported, plan: Plan): string[] {
  const faults: string[] = [];
  const file = encodeModel(model);
  if (file.byteLength !== encodedSize(model))
    faults.push(`file: ${file.byteLength}, predicted ${encodedSize(model)}`);
  for (const { weight: name, bytes } of tensors) {
    const each = plan.weights.get(name) as WeightPlan;
    const { shape, format, scheme, weight: of } = each;
    // The axis tells products where outputs are.
    const grouping =
      format.family === "product" ? ({ kind: "channel", axis: of.channelAxis } as const) : each.grouping;
    const expected = encodedBytes(format.name, shape, grouping, 4, {
      symmetric: scheme.symmetric,
      ...(scheme.centroids && { centroids: scheme.centroids }),
    });
    // What the first weight that needs it pays for all: zero points, and the table of a format.
    const shared =
      2 * groupsOf(shape, grouping).count + (format.kind === "levels" ? 4 * 2 ** format.bits : 0);
    // Codes that are packed together share the bytes at their ends.
    const more = bytes - expected;
    if (!(more >= -2 && more <= UNPACKING + shared)) {
      faults.push(`${nameOf(each)}: ${bytes} bytes, arithmetic says ${expected}`);
    }
  }
  return faults;
}

/** Decoded weights, read out of a session, against quant's own decoding: bit for bit. */
async function valueFaults(
  model: Model,
  plan: Plan,
  decoded: ReadonlyMap<string, Float32Array>,
  runtime: Runtime,
): Promise<string[]> {
  const graph = { ...model.graph, outputs: [...decoded.keys()].map((name) => build.untyped(name)) };
  // Only what yields them.
  const reads = new Set(["x", ...decoded.keys()]);
  const nodes = graph.nodes.filter((each) => !each.inputs.some((name) => reads.has(name)));
  const session = await runtime.load(encodeModel({ ...model, graph: { ...graph, nodes, inputs: [] } }));
  const found = await session.run({});
  await session.release();
  return [...decoded].flatMap(([name, values]) => {
    const [a, b] = [bitsOf((found[name] as Tensor).data as Float32Array), bitsOf(values)];
    const at = a.findIndex((bits, i) => bits !== b[i]);
    if (a.length === b.length && at < 0) return [];
    const what = nameOf(plan.weights.get(name) as WeightPlan);
    return [
      `${what}: ${a.length} values, [${at}] is ${found[name]?.data[at]}, expected ${b.length}, ${values[at]}`,
    ];
  });
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** The file's outputs against those of the float network with the decoded weights for constants. */
async function outputFaults(
  net: SmallNet,
  model: Model,
  decoded: ReadonlyMap<string, Float32Array>,
  runtime: Runtime,
): Promise<string[]> {
  const constants = new Map(net.model.graph.constants);
  for (const [name, data] of decoded) {
    const shape = constants.get(name)?.shape ?? [];
    constants.set(name, constantOf(name, { dtype: "float32", shape, data }));
  }
  const feeds = samplesOf(net, 2);
  const run = async (each: Model) => {
    const session = await runtime.load(encodeModel(each));
    const found = await session.run(feeds);
    await session.release();
    return found;
  };
  const expected = await run({ ...net.model, graph: { ...net.model.graph, constants } });
  const found = await run(model);
  return Object.entries(expected).flatMap(([name, value]) => {
    const { most } = differenceOf({ [name]: value }, found);
    return most <= 1e-5 ? [] : [`output ${name}: off by ${most}`];
  });
}
