// Gradients of operators that pick or place elements by index. Source: ONNX Gather 13, GatherElements 13, GatherND 13,
// ScatterElements 18, ScatterND 18, TopK 11, Resize 19. Scattering adds from opset 16 on.

import { floatOf, int, intOf, intsOf, type OpType, stringOf } from "@bitscape/graph";
import { normalizeAxis, sizeOf } from "@bitscape/tensor";
import {
  axisOf,
  fault,
  type GradRule,
  type GradSite,
  gradientOf,
  inputOf,
  numbersOf,
  outputOf,
} from "../site.ts";
import { numbersIn, type Value } from "../value.ts";
import { applyTransposed, resizeMatrix } from "./axisMatrix.ts";
import { spaced } from "./layout.ts";

const add = { reduction: { type: "string" as const, value: "add" } };

function needsAdding(site: GradSite): void {
  if (site.write.opset < 16) {
    throw fault(
      site,
      `its gradient needs opset 16 (scattering that adds), the model has ${site.write.opset}`,
    );
  }
}

/** Indices that are known and evenly spaced: [first, step]. */
function spacing(indices: Value, size: number): readonly [number, number] | undefined {
  if (!indices.value || indices.value.data.length === 0) return undefined;
  const places = numbersIn(indices).map((index) => (index < 0 ? index + size : index));
  const [first = 0, second = first + 1] = places;
  const step = second - first;
  return step > 0 && places.every((place, i) => place === first + i * step) ? [first, step] : undefined;
}

const gathered: GradRule = (site) => {
  const { write } = site;
  const [x, indices, g] = [inputOf(site, 0), inputOf(site, 1), gradientOf(site)];
  const axis = axisOf(site, 0);
  const size = x.shape[axis] as number;
  const [before, after] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const count = sizeOf(indices.shape);
  const flat = write.reshape(g, [before, count, after]);
  const apart = site.perSample(0);
  const even = apart ? undefined : spacing(indices, size);
  if (even) return [write.reshape(spaced(write, flat, 1, even[0], even[1], size), x.shape)];
  // [count, before · after]: what each index is given.
  const rows = write.reshape(write.transpose(flat, [1, 0, 2]), [count, before * after]);
  const placed = (total: number, where: Value) => {
    if (write.opset < 16) {
      const ends = write.constant(g.dtype, [2], [0, 1]);
      const hits = write.op("OneHot", [where, write.constant("int64", [1], [total]), ends]);
      return write.op("Gemm", [hits, rows], { transA: int(1) });
    }
    const column = write.reshape(where, [count, 1]);
    return write.op("ScatterND", [write.zeros(g.dtype, [total, before * after]), column, rows], add);
  };
  const where = write.cast(write.reshape(indices, [count]), "int64");
  if (apart) {
    const { samples } = apart;
    if (axis !== 0 || count % samples !== 0) {
      throw fault(site, `${count} indices on axis ${axis}, expected as many for each of ${samples} samples`);
    }
    const starts = write.constant(
      "int64",
      [samples, 1],
      Array.from({ length: samples }, (_, i) => i * size),
    );
    // Negative indices count from the end of their own sample's table.
    const positive = write.op("Mod", [where, write.scalar("int64", size)]);
    const offset = write.add(write.reshape(positive, [samples, count / samples]), starts);
    return [write.reshape(placed(samples * size, write.reshape(offset, [count])), [samples, ...x.shape])];
  }
  const table = write.reshape(placed(size, where), [size, before, after]);
  return [write.reshape(write.transpose(table, [1, 0, 2]), x.shape)];
};

/** Indices of GatherND with its batch axes written out. */
function wholeIndices(site: GradSite): Value {
  const { write } = site;
  const indices = inputOf(site, 1);
  const batches = intOf(site.node, "batch_dims", 0);
  if (batches === 0) return indices;
  const lead = indices.shape.slice(0, -1);
  const parts = Array.from({ length: batches }, (_, axis) => {
    const own = lead.map((size, i) => (i === axis ? size : 1));
    const places = Array.from({ length: lead[axis] as number }, (_, i) => i);
    return write.expand(write.constant("int64", [...own, 1], places), [...lead, 1]);
  });
  return write.concat([...parts, indices], lead.length);
}

const reductionOf = (site: GradSite) => stringOf(site.node, "reduction", "none");

/** Data in which updates replaced elements, or were added to them. Updates must not meet where they replace. */
const placed =
  (clear: (site: GradSite, g: Value) => Value, read: (site: GradSite, g: Value) => Value): GradRule =>
  (site) => {
    const g = gradientOf(site);
    const reduction = reductionOf(site);
    if (reduction !== "none" && reduction !== "add") {
      throw fault(site, `reduction ${reduction}, expected none or add`);
    }
    return [
      !site.wants(0) || reduction === "add" ? g : clear(site, g),
      undefined,
      site.wants(2) ? read(site, g) : undefined,
    ];
  };

const resized: GradRule = (site) => {
  const { write, node } = site;
  const { shape } = inputOf(site, 0);
  const result = outputOf(site).shape;
  const refusals = [
    ["antialias", intOf(node, "antialias", 0) !== 0],
    ["keep_aspect_ratio_policy", stringOf(node, "keep_aspect_ratio_policy", "stretch") !== "stretch"],
  ] as const;
  for (const [name, set] of refusals) if (set) throw fault(site, `${name} set, expected plain resampling`);
  const axes =
    intsOf(node, "axes")?.map((axis) => normalizeAxis(axis, shape.length, "axes")) ?? shape.map((_, i) => i);
  const given = site.inputs[2] && sizeOf(site.inputs[2].shape) > 0 ? numbersOf(site, 2) : undefined;
  const how = {
    mode: stringOf(node, "mode", "nearest"),
    coordinates: stringOf(node, "coordinate_transformation_mode", "half_pixel"),
    nearest: stringOf(node, "nearest_mode", "round_prefer_floor"),
    cubic: floatOf(node, "cubic_coeff_a", -0.75),
    excludeOutside: intOf(node, "exclude_outside", 0) !== 0,
  };
  let g = gradientOf(site);
  axes.forEach((axis, i) => {
    const [from, to] = [shape[axis] as number, result[axis] as number];
    const scale = given?.[i] ?? to / from;
    if (from === to && scale === 1) return;
    const matrix = resizeMatrix({ from, to, scale }, how);
    if (!matrix) throw fault(site, `${how.mode} with ${how.coordinates}, expected a mode with a gradient`);
    g = applyTransposed(write, g, axis, matrix);
  });
  return [g];
};

export const selections = {
  Gather: gathered,
  GatherElements: (site) => {
    needsAdding(site);
    const { write } = site;
    const { shape, dtype } = inputOf(site, 0);
    const axis = int(axisOf(site, 0));
    const inputs = [write.zeros(dtype, shape), inputOf(site, 1), gradientOf(site)];
    return [write.op("ScatterElements", inputs, { axis, ...add })];
  },
  GatherND: (site) => {
    needsAdding(site);
    const { write } = site;
    const { shape, dtype } = inputOf(site, 0);
    return [write.op("ScatterND", [write.zeros(dtype, shape), wholeIndices(site), gradientOf(site)], add)];
  },
  ScatterElements: placed(
    (site, g) => {
      const { shape, dtype } = inputOf(site, 2);
      const inputs = [g, inputOf(site, 1), site.write.zeros(dtype, shape)];
      return site.write.op("ScatterElements", inputs, { axis: int(axisOf(site, 0)) });
    },
    (site, g) => site.write.op("GatherElements", [g, inputOf(site, 1)], { axis: int(axisOf(site, 0)) }),
  ),
  ScatterND: placed(
    (site, g) => {
      const { shape, dtype } = inputOf(site, 2);
      return site.write.op("ScatterND", [g, inputOf(site, 1), site.write.zeros(dtype, shape)]);
    },
    (site, g) => site.write.op("GatherND", [g, inputOf(site, 1)]),
  ),
  TopK: (site) => {
    const { write } = site;
    const { shape, dtype } = inputOf(site, 0);
    const inputs = [write.zeros(dtype, shape), site.output(1), gradientOf(site)];
    return [write.op("ScatterElements", inputs, { axis: int(axisOf(site, -1)) })];
  },
  Resize: resized,
} satisfies Partial<Record<OpType, GradRule>>;
