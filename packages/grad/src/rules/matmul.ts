// Gradients of matrix products. Source: ONNX MatMul 13, Gemm 13; ONNX Runtime FusedMatMul.

import { float, floatOf, int, intOf, type OpType } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import {
  fault,
  type GradRule,
  type GradSite,
  gradientOf,
  inputOf,
  type PerSample,
  toInput,
} from "../site.ts";
import type { Value } from "../value.ts";
import type { Writer } from "../writer.ts";

interface Flags {
  readonly a?: boolean;
  readonly b?: boolean;
  readonly alpha?: number;
}

/** alpha · op(A) op(B) of matrices, op transposing where its flag is set. */
function gemm(w: Writer, left: Value, right: Value, { a = false, b = false, alpha = 1 }: Flags): Value {
  return w.op("Gemm", [left, right], {
    ...(a && { transA: int(1) }),
    ...(b && { transB: int(1) }),
    ...(alpha !== 1 && { alpha: float(alpha) }),
  });
}

/** AᵀG of the rows of two matrices, [rows, k] and [rows, p], apart for each sample: [samples, k, p], or squared and summed. */
function weightBySample(site: GradSite, a: Value, g: Value, apart: PerSample): Value {
  const { write } = site;
  const [rows = 0, k = 0] = a.shape;
  const p = g.shape[1] as number;
  const { samples } = apart;
  if (rows % samples !== 0)
    throw fault(site, `${rows} rows, expected as many for each of ${samples} samples`);
  // One row for each sample: the square of an outer product is that of squares.
  if (apart.squared && rows === samples) return gemm(write, write.mul(a, a), write.mul(g, g), { a: true });
  const left = write.reshape(a, [samples, rows / samples, k]);
  const right = write.reshape(g, [samples, rows / samples, p]);
  return write.matMul(write.turned(left), right);
}

/** Matrices of any rank, an operand of one axis included, each perhaps transposed in its last two axes first. */
function product(site: GradSite, flags: Flags): readonly (Value | undefined)[] {
  const { write } = site;
  const [a, b, given] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
  const { alpha = 1 } = flags;
  const scaled = write.mul(given, alpha);
  const left = a.shape.length === 1 ? write.reshape(a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? write.reshape(b, [...b.shape, 1]) : b;
  const rows = left.shape.at(flags.a ? -1 : -2) as number;
  const columns = right.shape.at(flags.b ? -2 : -1) as number;
  const lead = given.shape.slice(
    0,
    given.shape.length - (a.shape.length > 1 ? 1 : 0) - (b.shape.length > 1 ? 1 : 0),
  );
  const g = write.reshape(scaled, [...lead, rows, columns]);
  const turn = (x: Value, wanted: boolean | undefined) => (wanted ? write.turned(x) : x);
  const flatWeight = right.shape.length === 2 && !flags.a && !flags.b;
  const flat = (x: Value) => {
    const last = x.shape.at(-1) as number;
    return write.reshape(x, [sizeOf(x.shape) / last, last]);
  };
  const first = () => {
    if (flatWeight) return write.reshape(gemm(write, flat(g), right, { b: true }), left.shape);
    const found = write.matMul(g, turn(right, !flags.b));
    return write.sumTo(turn(found, flags.a), left.shape);
  };
  const second = () => {
    const apart = site.perSample(1);
    if (apart) {
      if (!flatWeight) throw fault(site, "gradients by sample of a batched product, expected a matrix");
      return weightBySample(site, flat(left), flat(g), apart);
    }
    if (flatWeight) return gemm(write, flat(left), flat(g), { a: true });
    const found = write.matMul(turn(left, !flags.a), g);
    return write.sumTo(turn(found, flags.b), right.shape);
  };
  const shaped = (gradient: Value) => {
    const apart = gradient.shape.length > right.shape.length ? gradient.shape.slice(0, 1) : [];
    return write.reshape(gradient, [...apart, ...b.shape]);
  };
  return [
    site.wants(0) ? write.reshape(first(), a.shape) : undefined,
    site.wants(1) ? shaped(second()) : undefined,
  ];
}

const general: GradRule = (site) => {
  const { write, node } = site;
  const [a, b, g] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
  const alpha = floatOf(node, "alpha", 1);
  const [turnA, turnB] = [intOf(node, "transA", 0) === 1, intOf(node, "transB", 0) === 1];
  const apart = site.perSample(1);
  if (apart && turnA) throw fault(site, "gradients by sample with transA, expected samples in rows");
  const second = () => {
    if (apart) {
      const [left, right] = turnB ? [g, a] : [a, g];
      const scale = apart.squared && a.shape[0] === apart.samples ? alpha * alpha : alpha;
      return write.mul(weightBySample(site, left, right, apart), scale);
    }
    return turnB ? gemm(write, g, a, { a: true, b: turnA, alpha }) : gemm(write, a, g, { a: !turnA, alpha });
  };
  return [
    site.wants(0)
      ? turnA
        ? gemm(write, b, g, { a: turnB, b: true, alpha })
        : gemm(write, g, b, { b: !turnB, alpha })
      : undefined,
    site.wants(1) ? second() : undefined,
    site.inputs[2] && toInput(site, 2, () => write.mul(g, floatOf(node, "beta", 1))),
  ];
};

export const products = {
  MatMul: (site) => product(site, {}),
  Gemm: general,
  "com.microsoft.FusedMatMul": (site) => {
    const { node } = site;
    const batches = ["transBatchA", "transBatchB"].find((name) => intOf(node, name, 0) !== 0);
    if (batches) throw fault(site, `${batches} set, expected batches as they are`);
    return product(site, {
      a: intOf(node, "transA", 0) === 1,
      b: intOf(node, "transB", 0) === 1,
      alpha: floatOf(node, "alpha", 1),
    });
  },
} satisfies Partial<Record<OpType, GradRule>>;
