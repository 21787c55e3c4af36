// Shape rules of matrix products and einsum. Source: ONNX MatMul 13, Gemm 13, Einsum 12, the integer and
// quantized forms, and com.microsoft's fused ones.

import type { DType } from "@bitscape/tensor";
import { intOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { einsumOf } from "../einsum.ts";
import { broadcast, each, type InferRule, type Inferred, like, need, ranked, type Site } from "../rule.ts";

/** NumPy's matmul: a vector is a row on the left, a column on the right; leading axes broadcast. */
export function multiplied(a: readonly number[], b: readonly number[]): number[] {
  if (a.length === 0 || b.length === 0) throw new Error("a scalar, expected at least one dimension");
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const [inner, other] = [left.at(-1), right.at(-2)];
  if (inner !== other) {
    throw new Error(`shapes [${a.join(", ")}] and [${b.join(", ")}], expected inner sizes to agree`);
  }
  return [
    ...broadcast(left.slice(0, -2), right.slice(0, -2)),
    ...(a.length === 1 ? [] : [left.at(-2) as number]),
    ...(b.length === 1 ? [] : [right.at(-1) as number]),
  ];
}

/** A product of inputs `a` and `b`; `typed` says where the output's dtype comes from. */
const product =
  (a: number, b: number, typed: (site: Site) => DType): InferRule =>
  (site) => [{ dtype: typed(site), shape: multiplied(need(site, a).shape, need(site, b).shape) }];

const dtypeAt = (index: number) => (site: Site) => need(site, index).dtype;

export function gemmShape(site: Site, a: Inferred, b: Inferred): number[] {
  const flip = (shape: readonly number[], name: string) =>
    intOf(site.node, name, 0) ? shape.toReversed() : shape;
  const left = flip(ranked(a, 2), "transA");
  const right = flip(ranked(b, 2, "input 1"), "transB");
  return multiplied(left, right);
}

/** Swap the last two axes, or rotate the batch axes behind the rows (com.microsoft.FusedMatMul's transBatch). */
function operand(shape: readonly number[], swapped: boolean, batch: boolean): readonly number[] {
  const moved = batch ? [...shape.slice(1, -1), shape[0] as number, shape.at(-1) as number] : shape;
  return swapped ? [...moved.slice(0, -2), moved.at(-1) as number, moved.at(-2) as number] : moved;
}

const fused: InferRule = (site) => {
  const flag = (name: string) => intOf(site.node, name, 0) !== 0;
  const a = operand(ranked(need(site, 0), 1), flag("transA"), flag("transBatchA"));
  const b = operand(ranked(need(site, 1), 1), flag("transB"), flag("transBatchB"));
  return [like(need(site, 0), multiplied(a, b))];
};

const gemm: InferRule = (site) => [like(need(site, 0), gemmShape(site, need(site, 0), need(site, 1)))];

/** A weight packed by N and K attributes. */
const packed: InferRule = (site) => {
  const a = need(site, 0);
  const n = intOf(site.node, "N");
  if (n === undefined) throw new Error("attribute N: absent, expected the number of columns");
  return [like(a, [...ranked(a, 1).slice(0, -1), n])];
};

export const products = {
  MatMul: product(0, 1, dtypeAt(0)),
  MatMulInteger: product(0, 1, () => "int32"),
  "com.microsoft.MatMulInteger16": product(0, 1, () => "int32"),
  QLinearMatMul: product(0, 3, dtypeAt(7)),
  "com.microsoft.MatMulIntegerToFloat": product(0, 1, dtypeAt(2)),
  "com.microsoft.DynamicQuantizeMatMul": product(0, 1, dtypeAt(0)),
  ...each(["com.microsoft.FusedMatMul", "com.microsoft.TransposeMatMul"], fused),
  ...each(["com.microsoft.FusedMatMulActivation"], fused),
  ...each(["Gemm", "com.microsoft.FusedGemm", "com.microsoft.GemmFastGelu"], gemm),
  ...each(["com.microsoft.MatMulNBits", "com.microsoft.MatMulBnb4"], packed),

  // a, scale, zero, b, scale, zero, c, y scale, y zero.
  "com.microsoft.QGemm": (site) => [
    {
      dtype: site.inputs[8]?.dtype ?? need(site, 1).dtype,
      shape: gemmShape(site, need(site, 0), need(site, 3)),
    },
  ],

  Einsum: (site) => {
    const inputs = site.inputs.map((_, i) => need(site, i));
    const shapes = inputs.map((input) => input.shape);
    return [like(need(site, 0), einsumOf(site.node, shapes).shape)];
  },
} satisfies Partial<Record<OpType, InferRule>>;
