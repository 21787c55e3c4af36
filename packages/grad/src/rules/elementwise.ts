// Gradients of functions of one element. Source: calculus; the forms are those of ONNX's operators (opset 13 to 24).
// Where there is a kink, the derivative is that of one side or zero.

import { floatOf, type OpType, stringOf } from "@bitscape/graph";
import { type GradRule, type GradSite, gradientOf, inputOf, outputOf } from "../site.ts";
import type { Value } from "../value.ts";
import type { Operand, Writer } from "../writer.ts";

interface Point {
  readonly w: Writer;
  readonly x: Value;
  readonly y: Value;
  readonly site: GradSite;
}

/** The rule of y = f(x), from its derivative. */
const slope =
  (derivative: (point: Point) => Operand): GradRule =>
  (site) => {
    const point = { w: site.write, x: inputOf(site, 0), y: outputOf(site), site };
    return [site.write.mul(gradientOf(site), derivative(point))];
  };

const attribute = ({ site }: Point, name: string, absent: number) => floatOf(site.node, name, absent);

/** 1 where a test holds, else 0. */
const mask = (w: Writer, test: Value, like: Value) => w.cast(test, like.dtype);

/** 1 / √(2π) */
const NORMAL = 1 / Math.sqrt(2 * Math.PI);

/** Φ(x) + x·φ(x). Source: Hendrycks & Gimpel, arXiv:1606.08415. */
function geluSlope(w: Writer, x: Value): Value {
  const below = w.mul(0.5, w.add(1, w.op("Erf", [w.mul(x, Math.SQRT1_2)])));
  const density = w.mul(NORMAL, w.op("Exp", [w.mul(-0.5, w.mul(x, x))]));
  return w.add(below, w.mul(x, density));
}

/** The form with tanh: u = √(2/π)(x + 0.044715x³), ½(1 + tanh u) + ½x(1 − tanh² u)u′. */
function tanhGeluSlope(w: Writer, x: Value): Value {
  const root = Math.sqrt(2 / Math.PI);
  const square = w.mul(x, x);
  const inner = w.mul(x, w.add(root, w.mul(root * 0.044715, square)));
  const tanh = w.op("Tanh", [inner]);
  const steep = w.mul(w.sub(1, w.mul(tanh, tanh)), w.add(root, w.mul(3 * root * 0.044715, square)));
  return w.mul(0.5, w.add(w.add(1, tanh), w.mul(x, steep)));
}

/** σ(αx) + αx·σ(αx)(1 − σ(αx)) */
function swishSlope(w: Writer, x: Value, alpha: number): Value {
  const scaled = w.mul(alpha, x);
  const gate = w.op("Sigmoid", [scaled]);
  return w.mul(gate, w.add(1, w.mul(scaled, w.sub(1, gate))));
}

const biased =
  (derivative: (w: Writer, x: Value) => Value): GradRule =>
  (site) => {
    const [x, bias] = [inputOf(site, 0), site.inputs[1]];
    const { write } = site;
    const gradient = write.mul(gradientOf(site), derivative(write, bias ? write.add(x, bias) : x));
    return [gradient, bias && write.sumTo(gradient, bias.shape)];
  };

/** A slope with two values: `low` at x below zero, `high` above, their mean at zero. Sign costs less than comparing. */
const bent = (w: Writer, x: Value, low: number, high: number) =>
  w.add((high + low) / 2, w.mul((high - low) / 2, w.op("Sign", [x])));

export const elementwise = {
  Neg: slope(() => -1),
  Abs: slope(({ w, x }) => w.op("Sign", [x])),
  Sqrt: slope(({ w, y }) => w.div(0.5, y)),
  Reciprocal: slope(({ w, y }) => w.mul(-1, w.mul(y, y))),
  Exp: slope(({ y }) => y),
  Log: (site) => [site.write.div(gradientOf(site), inputOf(site, 0))],
  Erf: slope(({ w, x }) => w.mul(2 / Math.sqrt(Math.PI), w.op("Exp", [w.mul(-1, w.mul(x, x))]))),
  Sin: slope(({ w, x }) => w.op("Cos", [x])),
  Cos: slope(({ w, x }) => w.mul(-1, w.op("Sin", [x]))),
  Tan: slope(({ w, y }) => w.add(1, w.mul(y, y))),
  Asin: slope(({ w, x }) => w.pow(w.sub(1, w.mul(x, x)), -0.5)),
  Acos: slope(({ w, x }) => w.mul(-1, w.pow(w.sub(1, w.mul(x, x)), -0.5))),
  Atan: slope(({ w, x }) => w.div(1, w.add(1, w.mul(x, x)))),
  Sinh: slope(({ w, x }) => w.op("Cosh", [x])),
  Cosh: slope(({ w, x }) => w.op("Sinh", [x])),
  Tanh: slope(({ w, y }) => w.sub(1, w.mul(y, y))),
  Asinh: slope(({ w, x }) => w.pow(w.add(1, w.mul(x, x)), -0.5)),
  Acosh: slope(({ w, x }) => w.pow(w.sub(w.mul(x, x), 1), -0.5)),
  Atanh: slope(({ w, x }) => w.div(1, w.sub(1, w.mul(x, x)))),
  Sigmoid: slope(({ w, y }) => w.mul(y, w.sub(1, y))),
  // y is never negative: its sign is 1 where x is above zero, else 0.
  Relu: slope(({ w, y }) => w.op("Sign", [y])),
  LeakyRelu: slope((point) => bent(point.w, point.x, attribute(point, "alpha", 0.01), 1)),
  ThresholdedRelu: slope((point) =>
    mask(point.w, point.w.test("Greater", point.x, attribute(point, "alpha", 1)), point.x),
  ),
  Elu: slope((point) => {
    const { w, x, y } = point;
    return w.where(w.test("Greater", x, 0), 1, w.add(y, attribute(point, "alpha", 1)));
  }),
  Selu: slope((point) => {
    const { w, x, y } = point;
    const alpha = attribute(point, "alpha", 1.6732632423543772);
    const gamma = attribute(point, "gamma", 1.0507009873554805);
    return w.where(w.test("Greater", x, 0), gamma, w.add(y, alpha * gamma));
  }),
  Celu: slope((point) => {
    const { w, x, y } = point;
    return w.where(w.test("Greater", x, 0), 1, w.add(1, w.div(y, attribute(point, "alpha", 1))));
  }),
  HardSigmoid: slope((point) => {
    const { w, y } = point;
    const inside = w.op("And", [w.test("Greater", y, 0), w.test("Less", y, 1)]);
    return w.mul(attribute(point, "alpha", 0.2), mask(w, inside, y));
  }),
  // 0 below −3, 1 above 3, (2x + 3) / 6 between.
  HardSwish: slope(({ w, x }) => {
    const between = w.add(0.5, w.mul(1 / 3, x));
    const upper = w.where(w.test("Less", x, 3), between, 1);
    return w.where(w.test("Greater", x, -3), upper, 0);
  }),
  Softplus: slope(({ w, x }) => w.op("Sigmoid", [x])),
  Softsign: slope(({ w, x }) => {
    const root = w.add(1, w.op("Abs", [x]));
    return w.div(1, w.mul(root, root));
  }),
  Shrink: slope((point) => {
    const { w, x } = point;
    return mask(w, w.test("Greater", w.op("Abs", [x]), attribute(point, "lambd", 0.5)), x);
  }),
  Gelu: slope((point) => {
    const tanh = stringOf(point.site.node, "approximate", "none") === "tanh";
    return (tanh ? tanhGeluSlope : geluSlope)(point.w, point.x);
  }),
  // t + x·σ(x)(1 − t²) with t = tanh(softplus(x)). Source: Misra, arXiv:1908.08681.
  Mish: slope(({ w, x }) => {
    const t = w.op("Tanh", [w.op("Softplus", [x])]);
    const steep = w.mul(w.op("Sigmoid", [x]), w.sub(1, w.mul(t, t)));
    return w.add(t, w.mul(x, steep));
  }),
  Swish: slope((point) => swishSlope(point.w, point.x, attribute(point, "alpha", 1))),
  "com.microsoft.QuickGelu": slope((point) => swishSlope(point.w, point.x, attribute(point, "alpha", 1.702))),
  "com.microsoft.Gelu": slope(({ w, x }) => geluSlope(w, x)),
  "com.microsoft.BiasGelu": biased(geluSlope),
  "com.microsoft.FastGelu": biased(tanhGeluSlope),
} satisfies Partial<Record<OpType, GradRule>>;
