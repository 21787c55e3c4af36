// Rules that let gradients pass quantizers as if they did not round. For QuantizeLinear with DequantizeLinear behind it,
// the gradient of codes is that of real numbers in their place: x passes where x / scale + zero point lies in the range of
// codes, and the scale gets LSQ's gradient. Not in the table: a quantizer's derivative is zero, this is a choice.
// Source: Bengio, Léonard & Courville, arXiv:1308.3432 (straight through); Esser et al., arXiv:1902.08153, eq. 3 (scale).

import { type Graph, intOf, type OpType, opTypeOf } from "@bitscape/graph";
import { type DType, normalizeAxis } from "@bitscape/tensor";
import { fault, type GradRule, type GradSite, gradientOf, inputOf, outputOf } from "./site.ts";
import { sameShape, type Value } from "./value.ts";

/** The gradient as it is. */
export const passThrough: GradRule = (site) => [gradientOf(site)];

const ranges: Partial<Record<DType, readonly [low: number, high: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int4: [-8, 7],
  uint4: [0, 15],
  int2: [-2, 1],
  uint2: [0, 3],
  float8e4m3fn: [-448, 448],
  float8e4m3fnuz: [-240, 240],
  float8e5m2: [-57344, 57344],
  float8e5m2fnuz: [-57344, 57344],
  float4e2m1: [-6, 6],
};

/** A scale or a zero point, of one element, for each index of an axis, or for blocks of it, against the data's shape. */
function overData(site: GradSite, parameter: Value, shape: readonly number[]): Value {
  const { write, node } = site;
  if (parameter.shape.length === 0 || sameShape(parameter.shape, [1])) return write.reshape(parameter, []);
  const axis = normalizeAxis(intOf(node, "axis", 1), shape.length, "attribute axis");
  if (parameter.shape.length === 1 && shape.length > 1) {
    return write.reshape(
      parameter,
      shape.map((size, i) => (i === axis ? size : 1)),
    );
  }
  if (sameShape(parameter.shape, shape)) return parameter;
  const block = intOf(node, "block_size", 0);
  const apart = write.reshape(parameter, [
    ...parameter.shape.slice(0, axis + 1),
    1,
    ...parameter.shape.slice(axis + 1),
  ]);
  const wide = write.expand(apart, apart.shape.with(axis + 1, block));
  const merged = write.reshape(wide, parameter.shape.with(axis, (parameter.shape[axis] as number) * block));
  return write.slice(merged, [{ axis, start: 0, end: shape[axis] as number }]);
}

/** A gradient over the data, summed to the shape of its scale. */
function toScale(site: GradSite, gradient: Value): Value {
  const { write, node } = site;
  const { shape } = inputOf(site, 1);
  const size = gradient.shape;
  if (shape.length === 0 || sameShape(shape, [1])) return write.sumTo(gradient, shape);
  const axis = normalizeAxis(intOf(node, "axis", 1), size.length, "attribute axis");
  if (shape.length === 1 && size.length > 1) {
    const others = size.flatMap((_, i) => (i === axis ? [] : [i]));
    return write.reduce("Sum", gradient, others, false);
  }
  if (sameShape(shape, size)) return gradient;
  const [blocks, block] = [shape[axis] as number, intOf(node, "block_size", 0)];
  const ends = size.map((length, i) => (i === axis ? blocks * block - length : 0));
  const whole = write.pad(
    gradient,
    ends.map(() => 0),
    ends,
  );
  const split = write.reshape(whole, [...size.slice(0, axis), blocks, block, ...size.slice(axis + 1)]);
  return write.reduce("Sum", split, [axis + 1], false);
}

const quantized: GradRule = (site) => {
  const { write } = site;
  const [x, g] = [inputOf(site, 0), gradientOf(site)];
  const { dtype } = outputOf(site);
  const range = ranges[dtype];
  if (!range) throw fault(site, `codes of type ${dtype}, expected a type with a range`);
  const scale = write.cast(overData(site, inputOf(site, 1), x.shape), x.dtype);
  const ratio = write.div(x, scale);
  const zero = site.inputs[2];
  const place = zero ? write.add(ratio, write.cast(overData(site, zero, x.shape), x.dtype)) : ratio;
  const inside = write.op("And", [
    write.test("GreaterOrEqual", place, range[0]),
    write.test("LessOrEqual", place, range[1]),
  ]);
  const passed = write.div(write.mul(g, write.cast(inside, x.dtype)), scale);
  return [passed, site.wants(1) ? toScale(site, write.mul(-1, write.mul(passed, ratio))) : undefined];
};

const dequantized: GradRule = (site) => {
  const { write } = site;
  const [codes, g, y] = [inputOf(site, 0), gradientOf(site), outputOf(site)];
  const scale = write.cast(overData(site, inputOf(site, 1), codes.shape), g.dtype);
  return [write.mul(g, scale), site.wants(1) ? toScale(site, write.div(write.mul(g, y), scale)) : undefined];
};

/** The rules by operator. */
export const straightThroughRules = {
  QuantizeLinear: quantized,
  DequantizeLinear: dequantized,
  Round: passThrough,
} satisfies Partial<Record<OpType, GradRule>>;

/** The rules for every quantizer of a graph, by node id: what `custom` of a request takes. */
export function straightThrough(graph: Graph): Map<string, GradRule> {
  const rules: Partial<Record<OpType, GradRule>> = straightThroughRules;
  return new Map(
    graph.nodes.flatMap((node) => {
      const op = opTypeOf(node);
      const rule = op && rules[op];
      return rule ? [[node.id, rule] as const] : [];
    }),
  );
}
