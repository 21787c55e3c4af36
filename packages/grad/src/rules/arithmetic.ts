// Gradients of element-wise operators of several inputs, broadcast as ONNX does, and of bounds and choices.
// Source: ONNX Add … Where (opset 13 to 24). Inputs that are equal share the gradient of Min and Max evenly.

import { intOf, type OpType } from "@bitscape/graph";
import { type GradRule, type GradSite, gradientOf, inputOf, outputOf, toInput } from "../site.ts";
import { isFloat, type Value } from "../value.ts";
import type { Operand } from "../writer.ts";

/** The gradient of every input as a multiple of the upstream one, summed to the input's shape. */
const factors =
  (factor: (index: number, site: GradSite) => Operand): GradRule =>
  (site) => {
    const gradient = gradientOf(site);
    return site.inputs.map((_, i) => toInput(site, i, () => site.write.mul(gradient, factor(i, site))));
  };

/** Which input the result was taken from. */
const picked: GradRule = (site) => {
  const { write } = site;
  const y = outputOf(site);
  if (site.inputs.length === 1) return [gradientOf(site)];
  const hits = site.inputs.map((_, i) => write.cast(write.test("Equal", inputOf(site, i), y), y.dtype));
  const ties = hits.length === 2 ? write.op("Add", hits) : write.op("Sum", hits);
  const shared = write.div(gradientOf(site), ties);
  return site.inputs.map((_, i) => toInput(site, i, () => write.mul(shared, hits[i] as Value)));
};

const NATURAL = new Set([1, 2, 3]);

/** b·x^(b−1) and y·ln x; the latter only where x is above zero, as elsewhere it is not real. */
const power: GradRule = (site) => {
  const { write } = site;
  const [gradient, x, exponent, y] = [gradientOf(site), inputOf(site, 0), inputOf(site, 1), outputOf(site)];
  const known = exponent.value?.data.length === 1 ? Number(exponent.value.data[0]) : undefined;
  return [
    toInput(site, 0, () => {
      // Pow is slow, and of a negative base only known exponents are safe to lower.
      if (known !== undefined && !isFloat(exponent.dtype)) return byNumber(known);
      if (known !== undefined && NATURAL.has(known)) return byNumber(known);
      if (known === 0.5) return write.mul(gradient, write.div(0.5, y));
      const b = write.cast(exponent, x.dtype);
      return write.mul(gradient, write.mul(b, write.pow(x, write.sub(b, 1))));
    }),
    toInput(site, 1, () => {
      const positive = write.test("Greater", x, 0);
      const log = write.op("Log", [write.where(positive, x, 1)]);
      return write.mul(gradient, write.mul(y, log));
    }),
  ];

  function byNumber(b: number): Value {
    if (b === 0) return write.mul(gradient, 0);
    const lowered: Operand = b === 1 ? 1 : b === 2 ? x : b === 3 ? write.mul(x, x) : write.pow(x, b - 1);
    return write.mul(gradient, typeof lowered === "number" ? b * lowered : write.mul(b, lowered));
  }
};

const clip: GradRule = (site) => {
  const { write } = site;
  const [gradient, x, y] = [gradientOf(site), inputOf(site, 0), outputOf(site)];
  const [low, high] = [site.inputs[1], site.inputs[2]];
  // Of the output, whose sign is zero at a bound: it was cut there, or is about to be. Half the cost of comparing.
  const isZero = low?.value?.data.length === 1 && Number(low.value.data[0]) === 0;
  const room = [low && (isZero ? y : write.sub(y, low)), high && write.sub(high, y)].filter(
    (each) => each !== undefined,
  );
  const inside = room.length === 2 ? write.op("Mul", room) : room[0];
  const beyond = (bound: Value, op: "Greater" | "Less") =>
    write.mul(gradient, write.cast(write.test(op, x, bound), x.dtype));
  return [
    inside ? write.mul(gradient, write.op("Sign", [inside])) : gradient,
    low && toInput(site, 1, () => beyond(low, "Less")),
    high && toInput(site, 2, () => beyond(high, "Greater")),
  ];
};

export const arithmetic = {
  Add: factors(() => 1),
  Sub: factors((i) => (i === 0 ? 1 : -1)),
  Mul: factors((i, site) => inputOf(site, 1 - i)),
  Div: (site) => {
    const { write } = site;
    const quotient = write.div(gradientOf(site), inputOf(site, 1));
    return [
      toInput(site, 0, () => quotient),
      toInput(site, 1, () => write.mul(-1, write.mul(quotient, outputOf(site)))),
    ];
  },
  Sum: factors(() => 1),
  Mean: factors((_, site) => 1 / site.inputs.length),
  Min: picked,
  Max: picked,
  Pow: power,
  // x − y·trunc(x / y); the form for integers has no gradient.
  Mod: (site) => {
    const { write } = site;
    if (intOf(site.node, "fmod", 0) !== 1) return [];
    const [x, y, gradient] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
    return [
      toInput(site, 0, () => gradient),
      toInput(site, 1, () => {
        const quotient = write.div(x, y);
        const whole = write.mul(
          write.op("Sign", [quotient]),
          write.op("Floor", [write.op("Abs", [quotient])]),
        );
        return write.mul(-1, write.mul(gradient, whole));
      }),
    ];
  },
  Where: (site) => {
    const { write } = site;
    const [condition, gradient] = [inputOf(site, 0), gradientOf(site)];
    return [
      undefined,
      toInput(site, 1, () => write.where(condition, gradient, 0)),
      toInput(site, 2, () => write.where(condition, 0, gradient)),
    ];
  },
  Clip: clip,
  PRelu: (site) => {
    const { write } = site;
    const [x, slope, gradient] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
    return [
      write.mul(gradient, write.where(write.test("Less", x, 0), slope, 1)),
      toInput(site, 1, () => write.mul(gradient, write.op("Min", [x, write.scalar(x.dtype, 0)]))),
    ];
  },
} satisfies Partial<Record<OpType, GradRule>>;
