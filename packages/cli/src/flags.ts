// The flags of every verb, in one table: how they are parsed and what --help says of them.

import { parseArgs } from "node:util";
import { Usage } from "./usage.ts";

interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
}

export const flags = {
  json: { type: "boolean", help: "one JSON document on stdout, nothing else" },
  help: { type: "boolean", help: "this text" },
  seed: { type: "string", value: "N", help: "seed of everything random (default 0)" },
  threads: { type: "string", value: "N", help: "threads of the native runtime (default: all cores)" },
  runtime: { type: "string", value: "native|wasm", help: "which build of ONNX Runtime (default native)" },
  output: { type: "string", value: "F", help: "where the result is written, whole or not at all" },
  data: {
    type: "string",
    value: "D",
    help: ".npz, .npy, folder or zip of images, .csv, .jsonl, or sample:NAME",
  },
  labels: { type: "string", value: "F", help: "labels.csv (file,label) instead of those in the data" },
  "label-map": {
    type: "string",
    value: "F",
    help: "labels to outputs: a line `label,index` each (-1: not counted)",
  },
  calibration: {
    type: "string",
    value: "N|PCT%|apart",
    help: "samples to calibrate on (the first); apart: a quarter, at most 128, by label, the rest is evaluated",
  },
  evaluation: { type: "string", value: "N|PCT%", help: "samples to evaluate on (others)" },
  pin: { type: "string", multiple: true, value: "NAME=N", help: "size of a symbolic dimension" },
  preprocess: {
    type: "string",
    value: "PRESET",
    help: "imagenet, cifar, unit, raw, signed, cifar10, caffe or mnist",
  },
  resize: { type: "string", value: "N|none", help: "shorter side of images" },
  crop: { type: "string", value: "N|none", help: "side of the centre crop" },
  scale: {
    type: "string",
    value: "X",
    help: "x = (pixel · scale − mean) / std; fractions such as 1/255 allowed",
  },
  mean: { type: "string", value: "a,b,c", help: "per channel" },
  std: { type: "string", value: "a,b,c", help: "per channel" },
  channels: { type: "string", value: "rgb|bgr|gray", help: "order of channels" },
  layout: { type: "string", value: "nchw|nhwc", help: "layout of image inputs" },
  metric: { type: "string", value: "M", help: "kl, top1, top5, mse, sqnr, cosine, mae, ssim or perplexity" },
  reference: { type: "string", value: "FLOAT", help: "the float network that kl, mse, sqnr, … compare with" },
  bits: {
    type: "string",
    value: "2,4,nf4",
    help: "columns: widths of integers, names of other formats (default 2,3,4,6,8)",
  },
  mode: {
    type: "string",
    value: "MODE",
    help: "measured (each cell on all samples), predicted (from gradients) or anytime (both, where it decides)",
  },
  estimator: { type: "string", value: "E", help: "of predictions: gauss-newton (default), fisher or hawq" },
  pairs: { type: "string", value: "BITS", help: "how every two layers' errors interact, for one column" },
  budget: { type: "string", value: "SECONDS", help: "anytime: stop after so long" },
  samples: {
    type: "string",
    value: "N",
    help: "evaluation samples for each cell (default 64; predicted and anytime 256)",
  },
  targets: { type: "string", value: "weight,activation", help: "what to measure (default both)" },
  recipe: { type: "string", value: "F", help: "a recipe, as JSON" },
  preset: { type: "string", value: "P", help: "w8a8, w8, w4, w4a8 or w2" },
  "external-data": {
    type: "boolean",
    help: "weights in a file beside, OUT.data, even where one file would do",
  },
  checked: { type: "boolean", help: "run the written file once even where it is large" },
  "integer-only": {
    type: "boolean",
    help: "integers alone from the first quantizer to the last: QLinear operators, or b / 2^c",
  },
  "multiplier-bits": {
    type: "string",
    value: "N",
    help: "with --integer-only: b / 2^c in int64 operators, b of so many bits (2 to 31)",
  },
  operators: {
    type: "string",
    value: "qlinear|integer",
    help: "with --integer-only: which (default qlinear; integer where --multiplier-bits is given)",
  },
  "allow-float": {
    type: "boolean",
    help: "with --integer-only: keep operators float that have no integer form, and list them",
  },
  sensitivity: { type: "string", value: "F", help: "what bitscape sensitivity --json wrote" },
  size: {
    type: "string",
    value: "BYTES|PCT%",
    help: "the most the file may take, or the part of the float file",
  },
  "avg-bits": { type: "string", value: "X", help: "the most bits a weight may take on average" },
  "max-bops": {
    type: "string",
    value: "X",
    help: "the most bit operations: MACs · bits of weights · of inputs",
  },
  level: {
    type: "string",
    multiple: true,
    value: "[RESOURCE=]LEVEL",
    help: "hawq: high, medium, low or 0 to 1, of size (default), bops or latency",
  },
  groups: {
    type: "string",
    value: "F",
    help: "mixdq: JSON of two groups, each with name, rule and metric",
  },
  "max-latency": {
    type: "string",
    value: "MS|PCT%",
    help: "the most a run may take, measured here: milliseconds, or the part of the float file's run",
  },
  "latency-table": {
    type: "string",
    value: "F",
    help: "times from a table instead (JSON or CSV: layer, or op and shape; scheme; ms)",
  },
  evaluations: {
    type: "string",
    value: "N",
    help: "joint recipes to measure, with --data (default 20; for --max-drop 24)",
  },
  lock: { type: "string", multiple: true, value: "LAYER=BITS", help: "what a layer's weights get" },
  rule: {
    type: "string",
    multiple: true,
    value: "RULE",
    help: "first, last, op:TYPE or /REGEX/, then >=N, <=N or =N",
  },
  couple: {
    type: "string",
    multiple: true,
    value: "A,B",
    help: "layers whose weights get the same bits; residual: down-sampling layers with the first of their block",
  },
  of: {
    type: "string",
    value: "A,B",
    help: "layers, each with :weight or :activation (default: the first two inner activations)",
  },
  kind: { type: "string", value: "KIND", help: "step (default), weight or coupling" },
  grid: { type: "string", value: "N", help: "values a side (default 21)" },
  axes: { type: "string", value: "linear|log", help: "how clips are spaced (default linear)" },
  directions: { type: "string", value: "D", help: "of weights: path (default), random or hessian" },
  radius: { type: "string", value: "X", help: "half-width of the plane, in filter norms (default 1)" },
  csv: { type: "string", value: "F", help: "the grid as a table, too" },
  method: {
    type: "string",
    value: "M",
    help: "optimize: lapq (default) or coordinates; allocate: hawq or mixdq instead of a report's program",
  },
  sweeps: { type: "string", value: "N", help: "sweeps over all clips at most (default 2)" },
  loss: {
    type: "string",
    value: "kl|cross-entropy",
    help: "what is made small (default kl, which needs no labels)",
  },
  model: { type: "string", value: "MODEL", help: "the float network that a recipe is for" },
  for: {
    type: "string",
    value: "TOOL",
    help: "ort, nncf, olive (to quantize with), netron or model-explorer (to look at)",
  },
  repair: {
    type: "string",
    value: "A,B",
    help: "equalization, rounding (learned) or adaround, bias-correction: beside those that the recipe has",
  },
  "fold-tokens": {
    type: "boolean",
    help: "first tokens that are outliers and the same in every sample become constants",
  },
  unchecked: { type: "boolean", help: "do not run the written file once" },
  "min-sqnr": { type: "string", value: "DB", help: "exit 1 below this SQNR of the outputs" },
  "max-drop": {
    type: "string",
    value: "X",
    help: "the most points that top-1 may fall (verify: exit 1 beyond it)",
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;
export type Values = {
  readonly [K in FlagName]?: (typeof flags)[K] extends { multiple: true }
    ? readonly string[]
    : (typeof flags)[K]["type"] extends "boolean"
      ? boolean
      : string;
};

export const common: readonly FlagName[] = ["json", "output", "seed", "threads", "runtime", "help"];
export const dataFlags: readonly FlagName[] = [
  "data",
  "labels",
  "label-map",
  "calibration",
  "evaluation",
  "pin",
  "preprocess",
  "resize",
  "crop",
  "scale",
  "mean",
  "std",
  "channels",
  "layout",
];

/** Positionals and flags of a verb. Throws {@link Usage} for what the verb does not know. */
export function parseFlags(
  args: readonly string[],
  known: readonly FlagName[],
): { positionals: string[]; values: Values } {
  const options = Object.fromEntries(
    known.map((name) => {
      const flag: Flag = flags[name];
      return [name, { type: flag.type, ...(flag.multiple && { multiple: true }) }];
    }),
  );
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { positionals, values: values as Values };
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.\s/);
    throw new Usage(`arguments: ${sentence}, expected ${known.map((name) => `--${name}`).join(" ")}`);
  }
}

/** A flag as a whole number of at least `least`. */
export function integer(values: Values, name: FlagName, least = 0): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Usage(`--${name}: ${String(text)}, expected a whole number of at least ${least}`);
}

/** A flag as a number. */
export function number(values: Values, name: FlagName): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && text !== "") return value;
  throw new Usage(`--${name}: ${String(text)}, expected a number`);
}

/** A comma-separated flag. */
export function list(values: Values, name: FlagName): string[] | undefined {
  const text = values[name];
  return typeof text === "string" ? text.split(",").map((each) => each.trim()) : undefined;
}
