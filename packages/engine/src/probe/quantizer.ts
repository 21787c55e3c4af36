// The probe's quantizer of one activation point: a node that passes a tensor through QuantizeLinear and
// DequantizeLinear where a fed switch is on, and the feeds that set it as a plan says. Two forms: of 8-bit codes alone,
// which most plans need and which costs least; and of every type that activations may have, which takes opset 21.

import {
  build,
  type Constant,
  constant,
  type Graph,
  graphAttribute,
  int,
  type Node,
  type ValueInfo,
} from "@bitscape/graph";
import { type DType, type Tensor, tensor } from "@bitscape/tensor";
import { runsOnIntegers } from "../plan/activation.ts";
import type { PointPlan } from "../plan/plan.ts";

export const forms = ["integer8", "every"] as const;
export type Form = (typeof forms)[number];

/** Scalars that a quantizer is fed, and their types. */
const integerInputs = {
  scale: "float32",
  zero: "uint8",
  low: "float32",
  high: "float32",
  on: "bool",
} as const;
const everyInputs = {
  ...integerInputs,
  zero16: "uint16",
  sixteen: "bool",
  e4m3: "bool",
  e5m2: "bool",
} as const;

type InputName = keyof typeof everyInputs;

const inputsOf: Readonly<Record<Form, Readonly<Partial<Record<InputName, DType>>>>> = {
  integer8: integerInputs,
  every: everyInputs,
};

/** The ai.onnx opset that a form needs. */
export const formOpset: Readonly<Record<Form, number>> = { integer8: 13, every: 21 };

const inputName = (point: string, what: string) => `bitscape.${what}:${point}`;

/** The inputs of a point's quantizer. */
export function quantizerInputs(point: string, form: Form): ValueInfo[] {
  return Object.entries(inputsOf[form]).map(([what, dtype]) =>
    build.value(inputName(point, what), dtype, []),
  );
}

// float8 tensors cannot be fed: their zero points are constants.
const zeroName = (dtype: DType) => `bitscape.zero.${dtype}`;

/** Constants that quantizers of a form share. */
export function quantizerConstants(form: Form): Constant[] {
  if (form === "integer8") return [];
  return (["float8e4m3fn", "float8e5m2"] as const).map((dtype) =>
    constant(zeroName(dtype), dtype, [], Uint8Array.of(0)),
  );
}

/**
 * x ↦ dequantize(quantize(clip(x, low, high))) where switched on, x where off. QuantizeLinear and DequantizeLinear
 * themselves; narrower formats are had by clipping to what they represent, which rounds to their outermost codes.
 * (Measured in WebAssembly: half the cost of dividing, rounding, clipping and multiplying.) An If, so that a quantizer
 * that is off costs nothing.
 */
export function quantizerNode(name: string, output: string, form: Form): Node {
  const feed = (what: InputName) => inputName(name, what);
  const branch = (what: string, nodes: readonly Node[], value: string) =>
    build.graph({ name: `${output}.${what}`, nodes, inputs: [], outputs: [build.value(value, "float32")] });
  const pair = (what: string, zero: string, clipped: boolean): Graph => {
    const value = `${output}.${what}.value`;
    const ends = clipped ? { low: feed("low"), high: feed("high") } : {};
    return branch(what, roundingNodes(name, value, { scale: feed("scale"), zero, ...ends }), value);
  };
  const choose = (what: InputName, then: Graph, otherwise: Graph, result: string): Node =>
    build.node(
      "If",
      [feed(what)],
      [result],
      { then_branch: graphAttribute(then), else_branch: graphAttribute(otherwise) },
      result,
    );
  const either = (what: InputName, then: Graph, otherwise: Graph): Graph => {
    const result = `${output}.${what}.chosen`;
    return branch(`${what}.either`, [choose(what, then, otherwise, result)], result);
  };
  const bytes = pair("eight", feed("zero"), true);
  const float8 = (what: "e4m3" | "e5m2", dtype: DType) => pair(what, zeroName(dtype), false);
  const on = () =>
    either(
      "e4m3",
      float8("e4m3", "float8e4m3fn"),
      either(
        "e5m2",
        float8("e5m2", "float8e5m2"),
        either("sixteen", pair("sixteen", feed("zero16"), true), bytes),
      ),
    );
  const off = branch("off", [build.node("Identity", [name], [`${output}.same`])], `${output}.same`);
  return choose("on", form === "integer8" ? bytes : on(), off, output);
}

/** Names of a rounding's parameters. */
export interface RoundingNames {
  readonly scale: string;
  readonly zero: string;
  /** Ends to clip to, where the codes that are rounded to are not all of their type. */
  readonly low?: string;
  readonly high?: string;
}

/** QuantizeLinear and DequantizeLinear of a tensor, clipped before where ends are given. */
export function roundingNodes(input: string, output: string, names: RoundingNames): Node[] {
  const { scale, zero, low, high } = names;
  const [clipped, codes] = [`${output}.clip`, `${output}.codes`];
  const clips = low !== undefined && high !== undefined;
  return [
    ...(clips ? [build.node("Clip", [input, low, high], [clipped])] : []),
    build.node("QuantizeLinear", [clips ? clipped : input, scale, zero], [codes]),
    build.node("DequantizeLinear", [codes, scale, zero], [output]),
  ];
}

/**
 * The same with several roundings at once: of [samples, 1, …] gives [samples, roundings, …]. Scales and zeros have one number
 * a rounding, ends are [roundings, 1]: Clip has but one end for all.
 */
export function stackedRoundingNodes(input: string, output: string, names: Required<RoundingNames>): Node[] {
  const { scale, zero, low, high } = names;
  const [above, within, codes] = [`${output}.above`, `${output}.within`, `${output}.codes`];
  const axis = { axis: int(1) };
  return [
    build.node("Max", [input, low], [above]),
    build.node("Min", [above, high], [within]),
    build.node("QuantizeLinear", [within, scale, zero], [codes], axis),
    build.node("DequantizeLinear", [codes, scale, zero], [output], axis),
  ];
}

/** The form that a plan needs. */
export function formOf(points: Iterable<PointPlan>): Form {
  for (const { format } of points) if (!runsOnIntegers(format)) return "every";
  return "integer8";
}

/** The form that feeds were made for. */
export function formOfFeeds(feeds: Readonly<Record<string, unknown>>, point: string | undefined): Form {
  return point !== undefined && Object.hasOwn(feeds, inputName(point, "sixteen")) ? "every" : "integer8";
}

/** What one point's quantizer is fed; a missing plan switches it off. */
export function quantizerFeeds(name: string, plan: PointPlan | undefined, form: Form): [string, Tensor][] {
  const fed = fedTo(plan);
  return Object.entries(inputsOf[form]).map(([what, dtype]) => [
    inputName(name, what),
    tensor(dtype, [], [fed[what as InputName]]),
  ]);
}

const idle: Readonly<Record<InputName, number>> = {
  scale: 1,
  zero: 0,
  low: 0,
  high: 0,
  on: 0,
  zero16: 0,
  sixteen: 0,
  e4m3: 0,
  e5m2: 0,
};

function fedTo(plan: PointPlan | undefined): Readonly<Record<InputName, number>> {
  if (!plan) return idle;
  const { dtype, zero, ...ends } = roundingOf(plan);
  const { scale } = plan;
  if (dtype === "float8e4m3fn" || dtype === "float8e5m2") {
    return { ...idle, scale, on: 1, [dtype === "float8e4m3fn" ? "e4m3" : "e5m2"]: 1 };
  }
  return dtype === "uint16"
    ? { ...idle, ...ends, scale, on: 1, sixteen: 1, zero16: zero }
    : { ...idle, ...ends, scale, on: 1, zero };
}

export interface RoundingNumbers {
  /** Of the codes. */
  readonly dtype: "uint8" | "uint16" | "float8e4m3fn" | "float8e5m2";
  readonly zero: number;
  /** Ends to clip to; none for floats. */
  readonly low?: number;
  readonly high?: number;
}

/** The numbers of a plan's rounding beside its scale. */
export function roundingOf({ scale, zeroPoint, format }: PointPlan): RoundingNumbers {
  if (format.kind === "float8") return { dtype: format.dtype, zero: 0 };
  const end = (code: number) => (code - zeroPoint) * scale;
  const ends = { low: end(format.qmin), high: end(format.qmax) };
  // Codes are unsigned for signed formats too, moved up by half the range: the values they stand for are the same.
  const moved = (half: number) => zeroPoint + (format.signed ? half : 0);
  return format.bits > 8
    ? { dtype: "uint16", zero: moved(2 ** 15), ...ends }
    : { dtype: "uint8", zero: moved(2 ** 7), ...ends };
}
