// What a gradient rule is given and gives back, and the accessors that rules read their node with.

import { intOf, intsOf, type Node, opName } from "@bitscape/graph";
import { normalizeAxis } from "@bitscape/tensor";
import { numbersIn, sameShape, type Value } from "./value.ts";
import type { Writer } from "./writer.ts";

/** How a gradient is kept apart by samples; the leading axis of activations runs over samples first. */
export interface PerSample {
  readonly samples: number;
  /** Whether the rule may give the sum of squares over samples instead, in the shape of the input. */
  readonly squared: boolean;
}

export interface GradSite {
  readonly node: Node;
  /** By position; undefined for an optional input that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** By position; undefined for an output that is left out. */
  readonly outputs: readonly (Value | undefined)[];
  /** The gradients of the outputs, by position; undefined where nothing depends on an output. */
  readonly upstream: readonly (Value | undefined)[];
  /** Whether the gradient of an input is asked for. */
  readonly wants: (input: number) => boolean;
  /** Set where the gradient of an input is to be [samples, ...shape]. */
  readonly perSample: (input: number) => PerSample | undefined;
  /** An output of the node, which is added to it where the node does not give it yet. */
  readonly output: (index: number) => Value;
  /** How MaxPool finds its maxima: by its Indices output, or by comparing, which every runtime can. */
  readonly maxima: "indices" | "comparison";
  readonly write: Writer;
}

/**
 * One operator's vector-Jacobian product: writes nodes and gives the gradient of each input by position, undefined where
 * there is none. A gradient has the shape of its input ([samples, ...shape] where that is asked for) and its type; that
 * of an integer input has the type of the upstream gradient. What is not wanted is ignored, so need not be computed.
 * @throws a sentence where the node is of a form that the rule does not know
 */
export type GradRule = (site: GradSite) => readonly (Value | undefined)[];

/** A sentence about the node at hand. */
export function fault(site: GradSite, sentence: string): Error {
  return new Error(`${opName(site.node)} ${site.node.id}: ${sentence}`);
}

/** An input that must be there. */
export function inputOf(site: GradSite, index: number): Value {
  const found = site.inputs[index];
  if (!found) throw fault(site, `input ${index} left out, expected a tensor`);
  return found;
}

/** The gradient of the only output that may have one. */
export function gradientOf(site: GradSite): Value {
  const other = site.upstream.findIndex((each, i) => i > 0 && each);
  if (other > 0) throw fault(site, `gradient of output ${other}, expected that of output 0 alone`);
  return site.upstream[0] as Value;
}

/** The first output. */
export function outputOf(site: GradSite): Value {
  return site.outputs[0] as Value;
}

/** Integers that older opsets hold in an attribute and newer ones in an input; undefined where there are neither. */
export function intsFrom(site: GradSite, attribute: string, index: number): number[] | undefined {
  const given = intsOf(site.node, attribute);
  if (given) return given;
  const value = site.inputs[index];
  return value && numbersIn(value);
}

/** The elements of an input that must be there and known. */
export function numbersOf(site: GradSite, index: number): number[] {
  return numbersIn(inputOf(site, index));
}

/** An axis attribute in [0, rank) of the first input. */
export function axisOf(site: GradSite, absent: number, rank = inputOf(site, 0).shape.length): number {
  return normalizeAxis(intOf(site.node, "axis", absent), rank, "attribute axis");
}

/**
 * A gradient of the output's shape summed to an input that was broadcast to it; by samples where that is asked for.
 * Undefined where the input's gradient is not wanted.
 */
export function toInput(site: GradSite, index: number, gradient: () => Value): Value | undefined {
  if (!site.wants(index)) return undefined;
  const { shape } = inputOf(site, index);
  const found = gradient();
  const apart = site.perSample(index);
  if (!apart) return site.write.sumTo(found, shape);
  const { samples } = apart;
  const [rows = 0, ...rest] = found.shape;
  const padded = [...new Array<number>(Math.max(0, found.shape.length - shape.length)).fill(1), ...shape];
  if (rows % samples !== 0 || found.shape.length === 0 || padded[0] !== 1) {
    const sizes = found.shape.join(", ");
    throw fault(
      site,
      `gradient [${sizes}], expected a leading axis of ${samples} samples that input ${index} has not`,
    );
  }
  const split = site.write.reshape(found, [samples, rows / samples, ...rest]);
  const summed = site.write.sumTo(split, [samples, ...padded]);
  return site.write.reshape(summed, [samples, ...shape]);
}

/** Whether two values have one shape. */
export const alike = (a: Value, b: Value): boolean => sameShape(a.shape, b.shape);
