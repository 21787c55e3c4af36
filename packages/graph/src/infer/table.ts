// The table of shape rules: every family together. Partial on purpose; what is left out, and why:
// sequences and optionals (not tensors), the rest of ai.onnx.ml, generation loops and GPU-only contrib operators.

import type { OpType } from "../ops/names.ts";
import type { InferRule } from "./rule.ts";
import { attentions } from "./rules/attention.ts";
import { contribs } from "./rules/contrib.ts";
import { control } from "./rules/control.ts";
import { elementwise } from "./rules/elementwise.ts";
import { images } from "./rules/image.ts";
import { layout } from "./rules/layout.ts";
import { products } from "./rules/matmul.ts";
import { quantization } from "./rules/quantized.ts";
import { recurrence } from "./rules/recurrent.ts";
import { reductions } from "./rules/reduce.ts";
import { selection } from "./rules/select.ts";
import { sources } from "./rules/source.ts";
import { windows } from "./rules/window.ts";

export const inferRules: Partial<Record<OpType, InferRule>> = {
  ...attentions,
  ...contribs,
  ...control,
  ...elementwise,
  ...images,
  ...layout,
  ...products,
  ...quantization,
  ...recurrence,
  ...reductions,
  ...selection,
  ...sources,
  ...windows,
} satisfies Partial<Record<OpType, InferRule>>;
