// The gradient of Einsum: the same notation with the output in the place of the operand. Source: ONNX Einsum 12.
// Terms that repeat a label (diagonals) and labels of differing sizes have no rule.

import { type OpType, stringOf } from "@bitscape/graph";
import { fault, type GradRule, type GradSite, gradientOf, inputOf } from "../site.ts";
import type { Value } from "../value.ts";

const DOTS = "...";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The terms of the operands and the output's, every axis a letter of its own. */
function termsOf(site: GradSite): { readonly terms: readonly string[]; readonly result: string } {
  const equation = stringOf(site.node, "equation", "").replaceAll(/\s/g, "");
  const [left = "", right] = equation.split("->");
  const terms = left.split(",");
  const hidden = terms.map((term, i) =>
    term.includes(DOTS) ? inputOf(site, i).shape.length - (term.length - DOTS.length) : 0,
  );
  const free = [...LETTERS].filter((letter) => !equation.includes(letter));
  const dots = free.slice(0, Math.max(...hidden)).join("");
  // Hidden axes are aligned from the right.
  const whole = (term: string, count: number) => term.replace(DOTS, dots.slice(dots.length - count));
  const letters = [...left.replaceAll(DOTS, "").replaceAll(",", "")];
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label)).sort();
  const output = right ?? (left.includes(DOTS) ? DOTS : "") + once.join("");
  return {
    terms: terms.map((term, i) => whole(term, hidden[i] as number)),
    result: whole(output, dots.length),
  };
}

function check(site: GradSite, terms: readonly string[]): void {
  const sizes = new Map<string, number>();
  terms.forEach((term, i) => {
    if (new Set(term).size !== term.length) throw fault(site, `term ${term}, expected each label once`);
    [...term].forEach((label, axis) => {
      const size = inputOf(site, i).shape[axis] as number;
      const known = sizes.get(label) ?? size;
      if (known !== size)
        throw fault(site, `label ${label} of sizes ${known} and ${size}, expected one size`);
      sizes.set(label, size);
    });
  });
}

const einsum: GradRule = (site) => {
  const { write } = site;
  const g = gradientOf(site);
  const { terms, result } = termsOf(site);
  check(site, terms);
  return terms.map((term, i) => {
    if (!site.wants(i)) return undefined;
    const others = terms.filter((_, k) => k !== i);
    const known = new Set([result, ...others].join(""));
    // A label that only this term has was summed: its gradient is the same all along.
    const found = [...term].filter((label) => known.has(label)).join("");
    const operands = [g, ...terms.flatMap((_, k) => (k === i ? [] : [inputOf(site, k)]))];
    const equation = `${[result, ...others].join(",")}->${found}`;
    const summed: Value = write.op("Einsum", operands, { equation: { type: "string", value: equation } });
    const { shape } = inputOf(site, i);
    const ones = shape.map((size, axis) => (known.has(term[axis] as string) ? size : 1));
    return write.expand(write.reshape(summed, ones), shape);
  });
};

export const einsums = { Einsum: einsum } satisfies Partial<Record<OpType, GradRule>>;
