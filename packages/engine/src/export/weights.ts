// The weight side of an export: a float initializer replaced by what its storage lays down, whose last output keeps the
// initializer's name, so that no consumer is rewired.

import { linksOf, type Node } from "@bitscape/graph";
import type { Encoded } from "@bitscape/quant";
import type { Network } from "../network/network.ts";
import { runsOnIntegers } from "../plan/activation.ts";
import { blockAxes, type Plan, type WeightPlan } from "../plan/plan.ts";
import { encodeInSteps, encodeWeight } from "../plan/weight.ts";
import type { Memory } from "../runtime/memory.ts";
import { PACKED_TOGETHER, type Packs } from "./packs.ts";
import { Part, type Value } from "./part.ts";
import type { Pool } from "./pool.ts";
import type { Site } from "./storage/storage.ts";
import { storageOf } from "./storage/table.ts";

/** Where a session keeps a weight between two runs, and what that takes. */
export interface Held {
  readonly choice: Memory;
  /** What a scheme's `memory` may choose from. */
  readonly can: readonly Memory[];
  /** Bytes of codes, scales, zero points and tables, or of the floats; packing for a processor's kernels comes on top. */
  readonly bytes: number;
}

/** What stands for one weight in a file. */
export interface WeightPart {
  readonly nodes: readonly Node[];
  /** Bytes of the constants that it added to the pool; known when all parts are laid down. */
  readonly bytes: () => number;
  readonly memory: Held;
}

function siteOf({ weight, shape, grouping, format, scheme }: WeightPlan, types: boolean): Site {
  return {
    name: weight.name,
    shape,
    grouping,
    format,
    symmetric: scheme.symmetric,
    half: weight.dtype === "float16",
    axes: blockAxes(weight),
    int8Centroids: scheme.centroids === "int8",
    types,
  };
}

/** The memory that a weight gets: what its scheme asks for where its storage can, else what the storage does by itself. */
export function memoryOf(weight: WeightPlan, types: boolean): Memory {
  const can = storageOf(weight.format).memories(siteOf(weight, types));
  const asked = weight.scheme.memory;
  return asked !== undefined && can.includes(asked) ? asked : (can[0] as Memory);
}

/** The ai.onnx opset that a weight's storage needs. */
export function weightOpset(weight: WeightPlan, types: boolean): number {
  return storageOf(weight.format).opset(siteOf(weight, types), memoryOf(weight, types));
}

/** Gives planned weights encoded, and keeps the last. */
export interface LastEncoded {
  (plan: WeightPlan): Encoded;
  /** The same in steps with turns between them; the next call has it at once. */
  prepare(plan: WeightPlan, between: () => Promise<void>): Promise<void>;
}

/**
 * The weight that was encoded last, and small ones before it: codes, scales and zero points are asked for in turn, and
 * the codes of small weights that are packed together once more.
 */
export function lastEncoded(network: Network): LastEncoded {
  const kept = new Map<WeightPlan, Encoded>();
  let elements = 0;
  /** Lets go of what is not to be held beside a weight. */
  const makeRoom = ({ weight }: WeightPlan) => {
    elements += weight.elements;
    for (const known of kept.keys()) {
      if (elements <= PACKED_TOGETHER) break;
      kept.delete(known);
      elements -= known.weight.elements;
    }
  };
  const at = (plan: WeightPlan) => {
    const known = kept.get(plan);
    if (known) return known;
    makeRoom(plan);
    const encoded = encodeWeight(network, plan);
    kept.set(plan, encoded);
    return encoded;
  };
  const prepare = async (plan: WeightPlan, between: () => Promise<void>) => {
    if (kept.has(plan)) return;
    makeRoom(plan);
    const steps = encodeInSteps(network, plan);
    for (;;) {
      await between();
      const step = steps.next();
      if (!step.done) continue;
      kept.set(plan, step.value);
      return;
    }
  };
  return Object.assign(at, { prepare });
}

/** What an export knows of its whole while weights are laid down. */
export interface Whole {
  readonly network: Network;
  readonly plan: Plan;
  /** False where the newest opsets are out of reach. */
  readonly types: boolean;
  readonly encoded: (plan: WeightPlan) => Encoded;
  readonly pool: Pool;
  readonly packs: Packs<WeightPlan>;
  /** A 1 that ONNX Runtime does not fold, for float weights that it would meddle with. */
  readonly one: () => Value;
  readonly meddled: ReadonlySet<string>;
}

/** The nodes that stand for one planned weight; their constants go to the pool. */
export function weightPart(whole: Whole, weight: WeightPlan): WeightPart {
  const { types, encoded, pool, packs, one, meddled } = whole;
  const { name, shape } = weight.weight;
  const memory = memoryOf(weight, types);
  const can = storageOf(weight.format).memories(siteOf(weight, types));
  const part = new Part(pool, (...codes) => packs.take(weight, ...codes));
  const decoded = storageOf(weight.format).lay(siteOf(weight, types), memory, part, () => encoded(weight));
  const fused = part.nodes.at(-1)?.op === "DequantizeLinear" && needsBarrier(whole, weight, part);
  const shaped = fused ? part.barrier(decoded, shape) : part.reshape(decoded, shape);
  const kept = shaped.settled && meddled.has(name) ? part.step("Mul", [shaped, one()], shaped) : shaped;
  part.end(kept, name);
  return { nodes: part.nodes, bytes: () => part.bytes, memory: { choice: memory, can, bytes: part.memory } };
}

/**
 * What ONNX Runtime 1.30 makes of DequantizeLinear → operator, where it would not compute what the file says:
 * - MatMul and Gemm become MatMulNBits, whose native kernel rounds activations to 8 bits and whose 2-bit kernel is
 *   wrong for N % 4 ≠ 0; fine where both operands are quantized and a true integer kernel runs instead,
 * - but that one takes scales per channel of a matrix only, and fails to run on a stack of them;
 * - Conv between quantizers becomes QLinearConv even where it has no kernel for the type of the codes (2 bits, float8),
 *   and the file does not load.
 * A Reshape in between prevents each.
 */
function needsBarrier(
  { network, plan }: Whole,
  { weight, format, grouping, shape }: WeightPlan,
  part: Part,
): boolean {
  const readers = linksOf(network.model.graph).consumers.get(weight.name) ?? [];
  const points = [...plan.points.values()].filter(({ format: each }) => runsOnIntegers(each));
  const integers = new Set(points.flatMap(({ point }) => [point.tensor, ...point.aliases]));
  const matrix = shape.length === 2 || grouping.kind === "tensor";
  const kernel = format.kind === "affine" && format.bits === 8 && grouping.kind !== "block" && matrix;
  return readers.some((node) => {
    const quantized = integers.has(node.inputs[0] as string);
    if (node.op === "Conv") return quantized && !part.endsInBytes;
    if (node.op !== "MatMul" && node.op !== "Gemm") return false;
    return !(kernel && node.inputs[1] === weight.name && quantized);
  });
}
