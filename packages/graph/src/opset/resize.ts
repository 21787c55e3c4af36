// Upsample becomes Resize; Resize gets its coordinate modes (11) and drops one of them (13).
// Source: ONNX Upsample 7, 9, 10; Resize 10, 11, 13.

import { type Attribute, floatsOf, string, stringOf } from "../attribute.ts";
import { tensorOf } from "../constant.ts";
import type { Context } from "./context.ts";
import { edit, refusal, type Step, type Steps } from "./step.ts";

const scalesToInput: Step = {
  from: 7,
  to: 9,
  convert: (node, context) => {
    const values = floatsOf(node, "scales") ?? [];
    const scales = context.add(node, "scales", "float32", [values.length], values);
    return [edit(node, { inputs: [...node.inputs, scales] }, { scales: undefined })];
  },
};

const becomesResize: Step = {
  from: 9,
  to: 10,
  convert: (node) => [edit(node, { op: "Resize" })],
};

/**
 * Nearest in Resize 10 rounds down where it enlarges, and up where it shrinks (so ONNX's own tests of that version,
 * and ONNX Runtime). Scales that only a run tells are taken to enlarge: that is what Upsample and exporters wrote.
 */
function nearestMode(scales: ArrayLike<number> | undefined): "floor" | "ceil" | "both" {
  const all = Array.from(scales ?? []);
  if (!all.some((scale) => scale < 1)) return "floor";
  return all.some((scale) => scale > 1) ? "both" : "ceil";
}

const coordinates: Step = {
  from: 10,
  to: 11,
  convert: (node, context) => {
    const [data = "", scales = ""] = node.inputs;
    const known = context.constant(scales);
    const attributes: Record<string, Attribute> = { coordinate_transformation_mode: string("asymmetric") };
    if (stringOf(node, "mode", "nearest") === "nearest") {
      const mode = nearestMode(known && (tensorOf(known).data as Float32Array));
      if (mode === "both") {
        throw refusal(
          node,
          coordinates,
          "scales that enlarge one axis and shrink another, expected one of both",
        );
      }
      attributes.nearest_mode = string(mode);
    }
    // From 13 on roi may be left out; before, an empty one says the same.
    const roi = context.to >= 13 ? "" : context.add(node, "roi", "float32", [0], []);
    return [edit(node, { inputs: [data, roi, scales] }, attributes)];
  },
};

/** (x + 0.5) / scale is half_pixel plus one half: for these two ways of rounding there is another that undoes it. */
const nearestOfHalfPixel: Readonly<Record<string, string>> = {
  floor: "round_prefer_ceil",
  round_prefer_floor: "ceil",
};

const optionalInputs: Step = {
  from: 11,
  to: 13,
  convert: (node, context) => {
    let next = node;
    if (stringOf(node, "coordinate_transformation_mode", "half_pixel") === "tf_half_pixel_for_nn") {
      const found = stringOf(node, "nearest_mode", "round_prefer_floor");
      const nearest = nearestOfHalfPixel[found];
      if (nearest === undefined || stringOf(node, "mode", "nearest") !== "nearest") {
        throw refusal(
          node,
          optionalInputs,
          `tf_half_pixel_for_nn with ${found}, expected floor or round_prefer_floor`,
        );
      }
      const attributes = { coordinate_transformation_mode: "half_pixel", nearest_mode: nearest };
      next = edit(next, {}, { ...strings(attributes) });
    }
    const inputs = node.inputs.map((name, i) => (i > 0 && isEmpty(name, context) ? "" : name));
    const changed = inputs.some((name, i) => name !== node.inputs[i]);
    return [changed ? edit(next, { inputs }) : next];
  },
};

function strings(values: Record<string, string>): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, string(value)]));
}

/** An input that was required, so files hold an empty tensor to leave it out. */
function isEmpty(name: string, context: Context): boolean {
  return context.constant(name)?.shape.includes(0) ?? false;
}

export const resizeSteps: Steps = {
  Upsample: [scalesToInput, becomesResize],
  Resize: [coordinates, optionalInputs],
};
