// A constant as an inferred value: with its elements where they are few enough to compute with.

import { sizeOf } from "@bitscape/tensor";
import { type Constant, tensorOf } from "../constant.ts";
import { evaluable, LARGEST_VALUE } from "./numbers.ts";
import type { Inferred } from "./rule.ts";

export function knownConstant(constant: Constant): Inferred {
  const { dtype, shape } = constant;
  if (sizeOf(shape) > LARGEST_VALUE || !evaluable.has(dtype)) return { dtype, shape };
  return { dtype, shape, value: tensorOf(constant) };
}
