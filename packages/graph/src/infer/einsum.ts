// Einsum's equation read against shapes: the output's shape and the number of products it forms.
// Source: ONNX Einsum 12 (NumPy's notation, ellipsis included; upper-case letters are labels too).

import { stringOf } from "../attribute.ts";
import type { Node } from "../graph.ts";

export interface Einsum {
  readonly shape: number[];
  /** Product of all labels' sizes: one multiply-accumulate apiece for two operands. */
  readonly products: number;
}

export function einsumOf(node: Node, shapes: readonly (readonly number[])[]): Einsum {
  const equation = stringOf(node, "equation", "").replaceAll(/\s/g, "");
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  if (terms.length !== shapes.length) {
    throw new Error(`equation ${equation}: ${terms.length} terms, expected ${shapes.length}`);
  }
  const sizes = new Map<string, number>();
  const rank = Math.max(...terms.map((term, i) => hidden(term, shapes[i] as readonly number[])));
  terms.forEach((term, i) => {
    const shape = shapes[i] as readonly number[];
    const labels = labelsOf(term, hidden(term, shape));
    if (labels.length !== shape.length) {
      throw new Error(`equation ${equation}: term ${term}, expected ${shape.length} labels`);
    }
    labels.forEach((label, axis) => {
      const size = shape[axis] as number;
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) {
        throw new Error(`equation ${equation}: label ${label} is ${known} and ${size}, expected one size`);
      }
      sizes.set(label, known === 1 ? size : known);
    });
  });
  const output = right === undefined ? implicit(left) : right;
  const shape = labelsOf(output, rank).map((label) => {
    const size = sizes.get(label);
    if (size === undefined)
      throw new Error(`equation ${equation}: output label ${label}, expected a known one`);
    return size;
  });
  return { shape, products: [...sizes.values()].reduce((a, b) => a * b, 1) };
}

const DOTS = "...";

/** How many axes an ellipsis stands for in a term; 0 without one. */
function hidden(term: string, shape: readonly number[]): number {
  return term.includes(DOTS) ? shape.length - (term.length - DOTS.length) : 0;
}

/** A term's labels, one an axis; hidden axes are named from the right, as broadcasting aligns them. */
function labelsOf(term: string, rank: number): string[] {
  const [before = "", after] = term.split(DOTS);
  if (after === undefined) return [...before];
  const dots = Array.from({ length: rank }, (_, i) => `.${rank - i}`);
  return [...before, ...dots, ...after];
}

/** Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order. */
function implicit(left: string): string {
  const letters = [...left.replaceAll(DOTS, "").replaceAll(",", "")];
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label)).sort();
  return (left.includes(DOTS) ? DOTS : "") + once.join("");
}
