// Gradients of operators that move elements without computing: each is undone by another. Source: ONNX Reshape …
// SpaceToDepth (opset 13 to 25).

import { int, intOf, intsOf, type OpType, stringOf } from "@bitscape/graph";
import { normalizeAxis } from "@bitscape/tensor";
import { axisOf, fault, type GradRule, gradientOf, inputOf, numbersOf, toInput } from "../site.ts";
import { isFloat, type Value } from "../value.ts";
import type { Writer } from "../writer.ts";
import { applyTransposed, padMatrix } from "./axisMatrix.ts";

const unchanged: GradRule = (site) => [gradientOf(site)];

const reshaped: GradRule = (site) => [site.write.reshape(gradientOf(site), inputOf(site, 0).shape)];

const converted: GradRule = (site) => {
  const { dtype } = inputOf(site, 0);
  return isFloat(dtype) ? [site.write.cast(gradientOf(site), dtype)] : [];
};

/** Elements `step` apart from `start` on an axis of `size`, zeros between them. */
export function spaced(w: Writer, x: Value, axis: number, start: number, step: number, size: number): Value {
  const count = x.shape[axis] as number;
  const at = (value: number) => x.shape.map((_, i) => (i === axis ? value : 0));
  if (step === 1) return w.pad(x, at(start), at(size - start - count));
  const split = w.reshape(x, [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)]);
  const ends = split.shape.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const wide = w.pad(
    split,
    ends.map(() => 0),
    ends,
  );
  const merged = w.reshape(wide, x.shape.with(axis, count * step));
  // The zeros after the last element may be more than there is room for.
  const room = size - start;
  const cut = w.slice(merged, [{ axis, start: 0, end: room }]);
  return w.pad(cut, at(start), at(room - (cut.shape[axis] as number)));
}

const sliced: GradRule = (site) => {
  const { write } = site;
  const { shape } = inputOf(site, 0);
  const starts = numbersOf(site, 1);
  const axes = site.inputs[3] ? numbersOf(site, 3) : starts.map((_, i) => i);
  const steps = site.inputs[4] ? numbersOf(site, 4) : starts.map(() => 1);
  let g = gradientOf(site);
  axes.forEach((each, i) => {
    const axis = normalizeAxis(each, shape.length, "axes");
    const size = shape[axis] as number;
    const step = steps[i] as number;
    const asked = starts[i] as number;
    const count = g.shape[axis] as number;
    const place = asked < 0 ? asked + size : asked;
    const start = Math.min(Math.max(place, 0), step < 0 ? size - 1 : size);
    // Backwards: the same elements, taken from the lowest up.
    const [first, order] = step < 0 ? [start + (count - 1) * step, write.flip(g, [axis])] : [start, g];
    g = spaced(write, order, axis, first, Math.abs(step), size);
  });
  return [g];
};

const joined: GradRule = (site) => {
  const axis = axisOf(site, 0);
  const g = gradientOf(site);
  let start = 0;
  return site.inputs.map((part, i) => {
    const from = start;
    start += part?.shape[axis] ?? 0;
    return site.wants(i) ? site.write.slice(g, [{ axis, start: from, end: start }]) : undefined;
  });
};

const parted: GradRule = (site) => {
  const { write } = site;
  const { dtype } = inputOf(site, 0);
  const parts = site.outputs.map((part, i) => {
    if (!part) throw fault(site, `output ${i} left out, expected all parts`);
    return site.upstream[i] ?? write.zeros(dtype, part.shape);
  });
  return [write.concat(parts, axisOf(site, 0))];
};

const padded: GradRule = (site) => {
  const { write, node } = site;
  const { shape } = inputOf(site, 0);
  const g = gradientOf(site);
  const amounts = numbersOf(site, 1);
  const rank = shape.length;
  const axes = site.inputs[3]
    ? numbersOf(site, 3).map((axis) => normalizeAxis(axis, rank, "axes"))
    : shape.map((_, i) => i);
  const begins = shape.map((_, axis) => amounts[axes.indexOf(axis)] ?? 0);
  const ends = shape.map((_, axis) =>
    axes.includes(axis) ? (amounts[axes.indexOf(axis) + axes.length] ?? 0) : 0,
  );
  const mode = stringOf(node, "mode", "constant");
  if (mode !== "constant") {
    const inner = shape.reduce((value, size, axis) => {
      if (begins[axis] === 0 && ends[axis] === 0) return value;
      const matrix = padMatrix(size, begins[axis] as number, ends[axis] as number, mode);
      if (!matrix) throw fault(site, `mode ${mode}, expected constant, reflect, edge or wrap`);
      return applyTransposed(write, value, axis, matrix);
    }, g);
    return [inner];
  }
  const negated = (values: readonly number[]) => values.map((value) => (value === 0 ? 0 : -value));
  const inner = write.pad(g, negated(begins), negated(ends));
  const filling = site.inputs[2];
  return [
    inner,
    undefined,
    filling &&
      toInput(site, 2, () => {
        const within = write.pad(write.zeros(g.dtype, shape), begins, ends, 1);
        return write.mul(g, within);
      }),
  ];
};

const tiled: GradRule = (site) => {
  const { write } = site;
  const { shape } = inputOf(site, 0);
  const repeats = numbersOf(site, 1);
  const split = write.reshape(
    gradientOf(site),
    shape.flatMap((size, axis) => [repeats[axis] as number, size]),
  );
  const axes = shape.flatMap((_, axis) => (repeats[axis] === 1 ? [] : [2 * axis]));
  return [write.reshape(write.reduce("Sum", split, axes), shape)];
};

const turned: GradRule = (site) => {
  const rank = inputOf(site, 0).shape.length;
  const order = intsOf(site.node, "perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return [
    site.write.transpose(
      gradientOf(site),
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ];
};

/** Blocks of space [N, C, H, b, W, b] in the place of channels: depth first (DCR) or columns first (CRD). */
const unfolded: GradRule = (site) => {
  const { write, node } = site;
  const [n = 1, c = 1, h = 1, w = 1] = inputOf(site, 0).shape;
  const b = intOf(node, "blocksize", 1);
  const deep = c / (b * b);
  const split = write.reshape(gradientOf(site), [n, deep, h, b, w, b]);
  const depthFirst = stringOf(node, "mode", "DCR") === "DCR";
  const order = depthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return [write.reshape(write.transpose(split, order), [n, c, h, w])];
};

const folded: GradRule = (site) => {
  const { write } = site;
  const { shape } = inputOf(site, 0);
  const [n = 1, c = 1, h = 1, w = 1] = shape;
  const b = intOf(site.node, "blocksize", 1);
  const split = write.reshape(gradientOf(site), [n, b, b, c, h / b, w / b]);
  return [write.reshape(write.transpose(split, [0, 3, 4, 1, 5, 2]), shape)];
};

export const layouts = {
  Identity: unchanged,
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Cast: converted,
  CastLike: converted,
  Dropout: (site) => {
    const training = site.inputs[2];
    if (training && numbersOf(site, 2)[0] !== 0) throw fault(site, "training_mode set, expected inference");
    return [gradientOf(site)];
  },
  Transpose: turned,
  Slice: sliced,
  Concat: joined,
  Split: parted,
  Pad: padded,
  Expand: (site) => [toInput(site, 0, () => gradientOf(site))],
  Tile: tiled,
  DepthToSpace: unfolded,
  SpaceToDepth: folded,
  Trilu: (site) => {
    const upper = intOf(site.node, "upper", 1);
    return [site.write.op("Trilu", [gradientOf(site), site.inputs[1]], { upper: int(upper) })];
  },
  // The sum from the other end.
  CumSum: (site) => {
    return [
      site.write.op("CumSum", [gradientOf(site), inputOf(site, 1)], {
        exclusive: int(intOf(site.node, "exclusive", 0)),
        reverse: int(1 - intOf(site.node, "reverse", 0)),
      }),
    ];
  },
  // Its own inverse.
  ReverseSequence: (site) => [
    site.write.op(
      "ReverseSequence",
      [gradientOf(site), inputOf(site, 1)],
      Object.fromEntries(site.node.attributes),
    ),
  ],
} satisfies Partial<Record<OpType, GradRule>>;
