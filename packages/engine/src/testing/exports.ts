// The table of recipes under which an exported file must compute what the probe simulates, and the comparison, for
// tests on both builds of ONNX Runtime. For tests only.

import { encodeModel, type Model } from "@bitscape/graph";
import { formatFacts, type Scheme } from "@bitscape/quant";
import { type Tensor, toFloat32 } from "@bitscape/tensor";
import { type Exported, exportNetwork } from "../export/exporter.ts";
import type { Network } from "../network/network.ts";
import { calibrate } from "../plan/calibrate.ts";
import { planRecipe, type Ranges } from "../plan/plan.ts";
import { Probe } from "../probe/probe.ts";
import type { Recipe, RecipeScheme } from "../recipe.ts";
import type { Feeds, LoadOptions, Runtime } from "../runtime/runtime.ts";
import { openSmall, smallDataset } from "./data.ts";
import { type SmallNet, samplesOf } from "./nets.ts";

export interface ExportCase {
  readonly name: string;
  readonly recipe: Recipe;
  /** Activations are quantized: integer kernels may round a tie the other way. */
  readonly activations: boolean;
}

const granularities: readonly Scheme["granularity"][] = ["tensor", "channel", { block: 16 }, { block: 32 }];
const ranges: readonly Scheme["range"][] = [
  "minmax",
  "mse",
  { percentile: 99 },
  { ratio: 0.7, of: "mse" },
  { lp: 3 },
  { clip: [-0.21, 0.34] },
];
// The search for the least squared error over a calibration histogram is the slow one.
const activationRanges: readonly Scheme["range"][] = [
  "minmax",
  { percentile: 99.9 },
  { ratio: 0.6 },
  { clip: [-1.3, 0.9] },
];

function recipeOf(weight?: Partial<RecipeScheme>, activation?: Partial<Scheme>): Recipe {
  return {
    schema: "bitscape/recipe/1",
    defaults: { ...(weight && { weight }), ...(activation && { activation }) },
  };
}

const widths = [2, 3, 4, 5, 6, 7, 8];
/** Integers, signed first; the other formats: formats.ts. */
const integers = [...widths.map((bits) => `int${bits}`), ...widths.map((bits) => `uint${bits}`)];

/** Every integer format with every granularity; symmetries and range rules in turn, so that each pair occurs. */
const integerCases: readonly ExportCase[] = integers.flatMap((format, f) =>
  granularities.map((granularity, g) => {
    const symmetric = (f + g) % 2 === 0;
    const weight = {
      format,
      granularity,
      symmetric,
      range: ranges[(f + g) % ranges.length] as Scheme["range"],
    };
    return { name: JSON.stringify(weight), recipe: recipeOf(weight), activations: false };
  }),
);

/** A format of each family, kept in memory as it comes and the other way; every operator must take them. */
const familyCases: readonly ExportCase[] = (
  [
    { format: "int1", symmetric: false },
    { format: "int16", granularity: { block: 16 } },
    { format: "uint16", symmetric: false, memory: "expanded" },
    { format: "int5", symmetric: false, granularity: { block: 16 }, memory: "expanded" },
    { format: "float8e4m3" },
    { format: "float8e5m2", granularity: { block: 32 }, memory: "expanded" },
    { format: "fp(3,2)", granularity: { block: 16 } },
    { format: "nf4", granularity: { block: 16 }, memory: "compact" },
    { format: "log(3)", granularity: "tensor" },
    { format: "binary" },
    { format: "ternary", granularity: { block: 16 } },
    { format: "ternary", memory: "expanded" },
    { format: "codebook(5)" },
    { format: "codebook(16)", memory: "compact" },
    // Blocks of one weight fit every shape.
    { format: "product(16,1)" },
    { format: "product(9,1)", centroids: "int8", memory: "compact" },
    { format: "nested(3,7)" },
    { format: "nested(4,8)", granularity: { block: 16 }, memory: "expanded" },
    { format: "float16" },
    { format: "bfloat16" },
  ] as const satisfies readonly Partial<RecipeScheme>[]
).map((weight: Partial<RecipeScheme>) => {
  const scheme = { granularity: "channel", symmetric: true, range: "minmax", ...weight } as const;
  return { name: JSON.stringify(weight), recipe: recipeOf(scheme), activations: false };
});

/** Every way of storing weights alone. */
export const weightCases: readonly ExportCase[] = [...integerCases, ...familyCases];

const beside: readonly (Partial<RecipeScheme> | undefined)[] = [
  undefined,
  { format: "int8", granularity: "channel", symmetric: true, range: "minmax" },
  { format: "uint8", granularity: "channel", symmetric: false, range: "minmax" },
  { format: "int8", granularity: "tensor", symmetric: true, range: "mse" },
  { format: "int8", granularity: { block: 16 }, symmetric: true, range: "minmax" },
  { format: "int5", granularity: "channel", symmetric: true, range: "mse" },
  { format: "int4", granularity: "channel", symmetric: true, range: "mse" },
  { format: "uint4", granularity: { block: 32 }, symmetric: false, range: "minmax" },
  { format: "int2", granularity: "channel", symmetric: true, range: "mse" },
  { format: "uint2", granularity: "tensor", symmetric: false, range: "minmax" },
  { format: "float8e4m3", granularity: "tensor", symmetric: true, range: "minmax" },
  { format: "nf4", granularity: "channel", symmetric: true, range: "minmax" },
  { format: "ternary", granularity: "channel", symmetric: true, range: "minmax" },
  { format: "int8", granularity: "channel", symmetric: false, range: "minmax", memory: "expanded" },
];

/** Every activation format, each beside four ways of storing weights. */
export const activationCases: readonly ExportCase[] = integers
  .filter((format) => format.startsWith("u") || format === "int8" || format === "int4")
  .concat("uint16", "float8e4m3", "int16", "float8e5m2")
  .flatMap((format, f) =>
    beside.filter((_, w) => w < 2 || (w + f) % 3 === 0).map((weight) => ({ format, weight })),
  )
  .map(({ format, weight }, i) => {
    const range: Scheme["range"] =
      i === 4 ? "mse" : (activationRanges[i % activationRanges.length] as Scheme["range"]);
    const activation = { format, symmetric: i % 4 === 1, range };
    return {
      name: `${JSON.stringify(activation)} × ${JSON.stringify(weight) ?? "float"}`,
      recipe: recipeOf(weight, activation),
      activations: true,
    };
  });

/** A small network ready to be exported and simulated. */
export interface Bench {
  readonly network: Network;
  readonly runtime: Runtime;
  readonly probe: Probe;
  readonly ranges: Ranges;
  readonly feeds: Feeds;
}

export async function benchOf(net: SmallNet, runtime: Runtime): Promise<Bench> {
  const network = await openSmall(net, runtime);
  const found = await calibrate(network, smallDataset(net, 6), [0, 1, 2, 3, 4, 5], runtime, async () => {});
  const probe = await Probe.load(network, runtime);
  return { network, runtime, probe, ranges: found, feeds: samplesOf(net, 2, 99) };
}

export interface Compared {
  readonly exported: Exported;
  readonly file: Uint8Array;
  /** Simulation against the file's literal Q/DQ arithmetic, and against the file run as users run it. */
  readonly literal: Difference;
  readonly deployed: Difference;
}

export async function compareExport(bench: Bench, recipe: Recipe): Promise<Compared> {
  const { network, probe, feeds, runtime } = bench;
  const plan = planRecipe(network, recipe, bench.ranges);
  const simulated = await probe.run(feeds, probe.settings(plan));
  const exported = exportNetwork(network, plan, recipe);
  const file = encodeModel(exported.model);
  const run = async (options: LoadOptions) => {
    const session = await runtime.load(file, options);
    try {
      return differenceOf(simulated, await session.run(feeds));
    } finally {
      await session.release();
    }
  };
  return { exported, file, literal: await run({ literal: true }), deployed: await run({}) };
}

export interface Difference {
  /** Largest absolute difference over the largest absolute value; NaN where a value is. */
  readonly most: number;
  /** Root mean square difference over the root mean square value. */
  readonly typical: number;
}

/**
 * What is wrong with an export's outputs; undefined where nothing is.
 * @param tolerance of sums in another order, relative to the largest output; 0 where there are none
 */
export function faultOf(
  { name, recipe, activations }: ExportCase,
  { literal, deployed }: Compared,
  tolerance: number,
): string | undefined {
  const choice = recipe.defaults?.activation as Partial<Scheme> | undefined;
  const { bits, kind } = formatFacts(choice?.format ?? "uint8");
  // Without integer kernels, sums in another order cross a step of the activations here and there: an eighth or a
  // quarter of a float8 value, a 65536th of the range.
  const stepped = activations && (kind === "float8" || bits === 16);
  const crossed = (found: Difference, least: number) =>
    kind === "float8" ? found.typical <= 0.03 : found.most <= Math.max(least, 1e-4);
  if (!(stepped && tolerance > 0 ? crossed(literal, tolerance) : literal.most <= tolerance)) {
    return `${name}: literally, off by ${literal.most}`;
  }
  if (!activations) {
    return deployed.most <= Math.max(tolerance, 1e-6) ? undefined : `${name}: off by ${deployed.most}`;
  }
  if (stepped) return crossed(deployed, tolerance) ? undefined : `${name}: off by ${deployed.most}`;
  // ONNX Runtime rounds biases to int32, and its kernels a tie the other way: a step of 256, of 16 … of 4, where one
  // step is most of what there is.
  if (bits === 8) return deployed.most <= 0.02 ? undefined : `${name}: off by ${deployed.most}`;
  const most = bits > 3 ? 0.35 : Number.MAX_VALUE;
  return deployed.typical <= most ? undefined : `${name}: typically off by ${deployed.typical}`;
}

/** The worst over all outputs. */
export function differenceOf(expected: Feeds, found: Feeds): Difference {
  let worst: Difference = { most: 0, typical: 0 };
  for (const [name, value] of Object.entries(expected)) {
    const other = found[name] as Tensor;
    if (other?.shape.join() !== value.shape.join()) {
      throw new Error(`output ${name}: shape ${other?.shape}, expected ${value.shape}`);
    }
    const [a, b] = [toFloat32(value.dtype, value.data), toFloat32(other.dtype, other.data)];
    let [most, scale, noise, signal] = [0, 0, 0, 0];
    for (const [i, x] of a.entries()) {
      const difference = Math.abs(x - (b[i] as number));
      if (!(difference <= most)) most = difference;
      scale = Math.max(scale, Math.abs(x));
      noise += difference * difference;
      signal += x * x;
    }
    // Everything may be rounded to zero.
    const typical = Math.sqrt(noise / (signal || 1));
    worst = {
      most: Math.max(worst.most, most / (scale || 1)),
      typical: Math.max(worst.typical, typical),
    };
  }
  return worst;
}

/** The names of a model's nodes. */
export function idsOf(model: Model): string[] {
  return model.graph.nodes.map((node) => node.name);
}
