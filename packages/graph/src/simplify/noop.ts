// Which nodes pass a value on unchanged, as a table: the input whose value the first output is, as long as what is
// known of shapes and types proves it for every input of the network. Nothing is removed here (identity.ts does).
// Source: ONNX operators of these names, 7 to 26. Adding zero makes +0 of -0, which is equal as a number.

import { type DType, dtypeOf } from "@bitscape/tensor";
import { intOf, intsOf } from "../attribute.ts";
import { type Constant, tensorOf } from "../constant.ts";
import { type Graph, linksOf, type Node } from "../graph.ts";

/** What is sure of a value whatever is fed: its type, its rank, and sizes (null for one that depends on the inputs). */
export interface Fact {
  readonly dtype: DType;
  readonly dims: readonly (number | null)[];
}

export type Facts = ReadonlyMap<string, Fact>;

interface Place {
  readonly node: Node;
  readonly graph: Graph;
  readonly facts: Facts;
}

/** The position of the input that the node passes on; undefined where it may do more. */
type Rule = (place: Place) => number | undefined;

/** Ends of slices that say "to the end" (exporters write INT32_MAX or INT64_MAX). */
const TO_THE_END = 2 ** 31 - 1;

const constantAt = ({ graph, node }: Place, index: number): Constant | undefined =>
  linksOf(graph).constants.get(node.inputs[index] ?? "");

const hasInput = ({ node }: Place, index: number) => (node.inputs[index] ?? "") !== "";

/** Elements of a small constant input; undefined where it is not constant. */
function numbersAt(place: Place, index: number): number[] | undefined {
  const found = constantAt(place, index);
  return found && found.shape.length <= 1 && found.byteLength <= 1024
    ? Array.from(tensorOf(found).data, Number)
    : undefined;
}

/** Integers that older opsets hold in an attribute and newer ones in an input. */
const listAt = (place: Place, attribute: string, index: number) =>
  intsOf(place.node, attribute) ?? numbersAt(place, index);

const factAt = ({ node, facts }: Place, index: number): Fact | undefined =>
  facts.get(node.inputs[index] ?? "");

const when = (holds: boolean, index = 0) => (holds ? index : undefined);

const each = (values: readonly number[] | undefined, wanted: number) =>
  values?.every((value) => value === wanted) ?? false;

const alone: Rule = ({ node }) => when(node.inputs.length === 1 && node.outputs.length === 1);

/** One element that is `neutral`, and does not broadcast the other operand to a higher rank. */
function isNeutral(place: Place, index: number, neutral: number): boolean {
  const constant = constantAt(place, index);
  if (!constant || constant.shape.some((size) => size !== 1) || constant.byteLength > 8) return false;
  const rank = factAt(place, 1 - index)?.dims.length ?? 0;
  const [value] = Array.from(tensorOf(constant).data, Number);
  // Half floats are bit patterns here: 1 is one of another value. They are left alone but for zero.
  const exact = neutral === 0 || (constant.dtype !== "float16" && constant.dtype !== "bfloat16");
  return exact && constant.shape.length <= rank && value === neutral;
}

const neutralRight =
  (neutral: number): Rule =>
  (place) =>
    when(isNeutral(place, 1, neutral));

const neutralEither =
  (neutral: number): Rule =>
  (place) =>
    isNeutral(place, 1, neutral) ? 0 : when(isNeutral(place, 0, neutral), 1);

const slice: Rule = (place) => {
  const fact = factAt(place, 0);
  const starts = listAt(place, "starts", 1);
  const ends = listAt(place, "ends", 2);
  if (!starts || !ends) return undefined;
  const axes =
    intsOf(place.node, "axes") ?? (hasInput(place, 3) ? numbersAt(place, 3) : starts.map((_, i) => i));
  const steps = hasInput(place, 4) ? numbersAt(place, 4) : [];
  const whole = (end: number, i: number) => {
    const size = fact?.dims.at(axes?.[i] ?? 0);
    return end >= TO_THE_END || (typeof size === "number" && end >= size);
  };
  return when(axes !== undefined && each(starts, 0) && each(steps, 1) && ends.every(whole));
};

/** Sizes that a shape input gives, against those that are sure: `keeps` says which given size leaves one as it is. */
function keepsShape(
  place: Place,
  keeps: (size: number, known: number | null | undefined, axis: number) => boolean,
): boolean {
  const asked = numbersAt(place, 1);
  const fact = factAt(place, 0);
  if (!asked || !fact || asked.length > fact.dims.length) return false;
  const ahead = fact.dims.length - asked.length;
  return asked.every((size, i) => keeps(size, fact.dims[ahead + i], i));
}

const expand: Rule = (place) => when(keepsShape(place, (size, known) => size === 1 || size === known));

const reshape: Rule = (place) => {
  const asked = numbersAt(place, 1);
  const { length } = factAt(place, 0)?.dims ?? [];
  if (asked?.length !== length || intOf(place.node, "allowzero", 0) !== 0) return undefined;
  const open = asked?.filter((size) => size === -1).length ?? 0;
  return when(open <= 1 && keepsShape(place, (size, known) => size === 0 || size === -1 || size === known));
};

const transpose: Rule = ({ node }) => when(intsOf(node, "perm")?.every((axis, i) => axis === i) ?? false);

/** Dropout 12 trains where its third input says so; one that is not a constant may say so. */
const dropout: Rule = (place) => {
  const { consumers, outputs } = linksOf(place.graph);
  const masked = place.node.outputs.slice(1).some((name) => consumers.has(name) || outputs.has(name));
  const mode = constantAt(place, 2);
  const trains = hasInput(place, 2) && (!mode || Number(tensorOf(mode).data[0]) !== 0);
  return when(!masked && !trains);
};

const rules: Readonly<Record<string, Rule>> = {
  Add: neutralEither(0),
  Cast: (place) => {
    const dtype = factAt(place, 0)?.dtype;
    return when(dtype !== undefined && dtypeOf(intOf(place.node, "to", 0)) === dtype);
  },
  CastLike: (place) => {
    const dtype = factAt(place, 0)?.dtype;
    return when(dtype !== undefined && factAt(place, 1)?.dtype === dtype);
  },
  Concat: alone,
  Div: neutralRight(1),
  Dropout: dropout,
  Expand: expand,
  Flatten: (place) =>
    when(factAt(place, 0)?.dims.length === 2 && [1, -1].includes(intOf(place.node, "axis", 1))),
  Identity: () => 0,
  Max: alone,
  Mean: alone,
  Min: alone,
  Mul: neutralEither(1),
  Pad: (place) => when(each(listAt(place, "pads", 1), 0)),
  Reshape: reshape,
  Slice: slice,
  Split: ({ node }) => when(node.outputs.length === 1),
  Sub: neutralRight(0),
  Sum: alone,
  Tile: (place) => when(each(numbersAt(place, 1), 1)),
  Transpose: transpose,
};

/** The name of the value that a node passes on as its first output; undefined where it may change it. */
export function passedOn(graph: Graph, node: Node, facts: Facts): string | undefined {
  const rule = node.domain === "" ? rules[node.op] : undefined;
  const index = rule?.({ graph, node, facts });
  return index === undefined ? undefined : node.inputs[index];
}
