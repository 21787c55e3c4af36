// Constant propagation: the elements of small outputs whose inputs are known. The table joins the families of
// values/; operators that are not in it are simply not computed.

import { sizeOf } from "@bitscape/tensor";
import type { OpType } from "../ops/names.ts";
import { evaluable, LARGEST_VALUE } from "./numbers.ts";
import type { Inferred, Site } from "./rule.ts";
import { arithmetic } from "./values/arithmetic.ts";
import { folding } from "./values/folding.ts";
import { movement } from "./values/movement.ts";
import type { ValueRule } from "./values/rule.ts";

export const valueRules: Partial<Record<OpType, ValueRule>> = { ...arithmetic, ...folding, ...movement };

/** An output with its elements, where they are few, computable and follow from known inputs. */
export function evaluated(op: OpType, site: Site, output: Inferred, index: number): Inferred {
  const rule = valueRules[op];
  if (!rule || output.value || index >= site.node.outputs.length) return output;
  if (sizeOf(output.shape) > LARGEST_VALUE || !evaluable.has(output.dtype)) return output;
  if (!site.inputs.every((input) => !input || input.value)) return output;
  const value = rule(site, output, index);
  return value ? { ...output, value } : output;
}
