// Values of operators that make or condense small tensors: fills, ranges, reductions, running sums, indices.
// Source: ONNX ConstantOfShape, Range, Reduce*, CumSum, NonZero.

import { normalizeAxis } from "@bitscape/tensor";
import { intOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { knownConstant } from "../known.ts";
import { numbersOf, tensorFrom } from "../numbers.ts";
import { need } from "../rule.ts";
import { reducedAxes } from "../rules/reduce.ts";
import { coordinates, known, numbersAt, offsetOf, type ValueRule } from "./rule.ts";

const reduce =
  (fold: (values: readonly number[]) => number): ValueRule =>
  (site, output) => {
    const axes = reducedAxes(site);
    const { shape } = need(site, 0);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const groups: number[][] = [...coordinates(kept)].map(() => []);
    const numbers = numbersAt(site, 0);
    let i = 0;
    for (const at of coordinates(shape)) groups[offsetOf(kept, at)]?.push(numbers[i++] as number);
    return tensorFrom(output.dtype, output.shape, groups.map(fold));
  };

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const range: ValueRule = (site, output) => {
  const [start = 0] = numbersAt(site, 0);
  const [delta = 1] = site.inputs[2] ? numbersAt(site, 2) : [1];
  const [count = 0] = output.shape;
  return tensorFrom(
    output.dtype,
    output.shape,
    Array.from({ length: count }, (_, i) => start + i * delta),
  );
};

export const folding = {
  ConstantOfShape: (site, output) => {
    const attribute = site.node.attributes.get("value");
    const filler = attribute?.type === "tensor" ? knownConstant(attribute.value).value : undefined;
    if (attribute && !filler) return undefined;
    const fill = filler ? (numbersOf(filler)[0] ?? 0) : 0;
    const count = output.shape.reduce((a, b) => a * b, 1);
    return tensorFrom(output.dtype, output.shape, new Array<number>(count).fill(fill));
  },

  Range: range,
  "com.microsoft.Range": range,

  CumSum: (site, output) => {
    const { shape } = output;
    const axis = normalizeAxis(numbersAt(site, 1)[0] ?? 0, shape.length, "input 1 (axis)");
    const back = intOf(site.node, "reverse", 0) !== 0;
    const exclusive = intOf(site.node, "exclusive", 0) !== 0;
    const numbers = numbersAt(site, 0);
    const values = [...coordinates(shape)].map((at) => {
      const here = at[axis] as number;
      let total = 0;
      for (let i = 0; i < (shape[axis] as number); i++) {
        const inside = back ? i > here : i < here;
        if (inside || (i === here && !exclusive))
          total += numbers[offsetOf(shape, at.with(axis, i))] as number;
      }
      return total;
    });
    return tensorFrom(output.dtype, shape, values);
  },

  NonZero: (site, output) => {
    const numbers = numbersOf(known(site, 0));
    const found = [...coordinates(need(site, 0).shape)].filter((_, i) => numbers[i] !== 0);
    const rows = need(site, 0).shape.map((_, axis) => found.map((at) => at[axis] as number));
    return tensorFrom(output.dtype, output.shape, rows.flat());
  },

  ReduceMax: reduce((values) => values.reduce((a, b) => Math.max(a, b), -Infinity)),
  ReduceMean: reduce((values) => sum(values) / values.length),
  ReduceMin: reduce((values) => values.reduce((a, b) => Math.min(a, b), Infinity)),
  ReduceProd: reduce((values) => values.reduce((a, b) => a * b, 1)),
  ReduceSum: reduce(sum),
} satisfies Partial<Record<OpType, ValueRule>>;
