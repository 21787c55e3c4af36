// Network + plan → a Model in which integers alone are computed with from the first QuantizeLinear to the last
// DequantizeLinear (HAWQ-V3's deployment form, Yao et al. 2021 §3.1). Not the QDQ export, whose float operators the
// runtime may or may not make integers of.

import { type Graph, type Model, opsetOf, prune, raiseOpset, Unsupported } from "@bitscape/graph";
import { type Exported, RECIPE_KEY } from "../export/exporter.ts";
import { Pool } from "../export/pool.ts";
import { type LastEncoded, lastEncoded } from "../export/weights.ts";
import type { Network } from "../network/network.ts";
import { runsOnIntegers } from "../plan/activation.ts";
import type { Plan } from "../plan/plan.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import { type Arithmetic, settled } from "./arithmetic.ts";
import { type FloatOperator, integerProof } from "./floatBetween.ts";
import { Lowering } from "./lowering.ts";
import type { IntegerReport } from "./report.ts";
import { Sheet } from "./sheet.ts";
import { floatLayers, integerTensors, layFloatWeights } from "./stored.ts";
import { fitsInt4, type IntegerWeight, integerWeight } from "./weights.ts";

/** The key of metadata_props that carries the inspector's record. */
export const INTEGER_KEY = "bitscape.integer";

export interface ExportedInteger extends Exported {
  readonly integer: IntegerReport;
}

/**
 * The integer-only model that a plan asks for, with its recipe and the inspector's record inside.
 * @param between awaited between weights, which are encoded here and not later
 * @throws one sentence that names the operators that would stay float, unless the recipe allows them
 */
export async function exportInteger(
  network: Network,
  plan: Plan,
  recipe: Recipe,
  arithmetic: Arithmetic,
  between: () => Promise<void> = async () => {},
): Promise<ExportedInteger> {
  const { operators, multiplierBits, allowFloat } = settled(arithmetic);
  checkPoints(network, plan);
  const qlinear = operators === "qlinear";
  const { base, packs, warnings } = raised(network, plan);
  const encoded = lastEncoded(network);
  const weights = await encodedWeights(plan, encoded, between);
  const pool = new Pool(base.graph);
  const sheet = new Sheet(pool);
  const lowering = new Lowering({ ...network, model: base }, plan, sheet, {
    ...{ qlinear, weights, packs },
    multiplierBits,
  });
  lowering.run();
  const { lowered } = lowering;
  const floats = layFloatWeights(network, plan, lowered, encoded, pool);
  const constants = new Map(base.graph.constants);
  for (const name of plan.weights.keys()) constants.delete(name);
  for (const each of pool.constants) constants.set(each.name, each);
  const graph: Graph = prune({
    ...base.graph,
    ...{ nodes: [...floats.nodes, ...sheet.nodes], constants, valueInfo: [] },
    inputs: base.graph.inputs.filter((input) => !plan.weights.has(input.name)),
  });
  const opsets = new Map(base.opsets);
  for (const domain of sheet.domains) if (!opsets.has(domain)) opsets.set(domain, 1);
  const bare: Model = { ...base, graph, opsets };
  const floatOperators = distinct([
    ...integerProof(bare, network.pins).floatOperators,
    ...floatLayers(network, plan, lowered),
  ]);
  if (floatOperators.length > 0 && !allowFloat) throw new Error(refusal(network, floatOperators, lowering));
  const report: IntegerReport = {
    ...{ operators, multiplierBits, layers: lowering.layers, floatOperators },
    points: [...plan.points.values()].map(({ point, scale, zeroPoint }) => ({
      ...{ tensor: point.tensor, scale, zeroPoint },
    })),
  };
  const metadata = new Map(base.metadata)
    .set(RECIPE_KEY, recipeKey(recipe))
    .set(INTEGER_KEY, JSON.stringify(report));
  const model: Model = { ...bare, metadata };
  return {
    ...{
      model,
      opset: opsetOf(model),
      integer: report,
      tensors: [...integerTensors(plan, lowered, constants), ...floats.tensors],
    },
    warnings: [
      ...plan.warnings,
      ...warnings,
      ...(floatOperators.length > 0
        ? [`integer-only: ${listed(floatOperators)} stay float, as was allowed`]
        : []),
    ],
  };
}

function checkPoints({ name }: Network, { points }: Plan): void {
  if (points.size === 0) {
    throw new Error(`${name}: no activation is quantized, expected weights and activations in integers`);
  }
  const wide = [...points.values()].find(({ format }) => !runsOnIntegers(format));
  if (wide) {
    throw new Error(
      `activation ${wide.point.tensor}: ${wide.format.name}, expected integers of 8 bits or fewer for integer arithmetic`,
    );
  }
}

function distinct(floats: readonly FloatOperator[]): FloatOperator[] {
  return [...new Map(floats.map((each) => [each.id, each])).values()];
}

/** The model at an opset that has int4, where weights fit in it and that is within reach. */
function raised(network: Network, plan: Plan): { base: Model; packs: boolean; warnings: readonly string[] } {
  const from = opsetOf(network.model);
  const wanted = [...plan.weights.values()].some(fitsInt4) ? 21 : from;
  if (wanted <= from) return { base: network.model, packs: from >= 21, warnings: [] };
  try {
    const base = raiseOpset(network.model, wanted);
    const warnings = [`opset: raised from ${from} to ${wanted}, which 4-bit weights need`];
    return { base, packs: true, warnings };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    return {
      base: network.model,
      packs: false,
      warnings: [`${error.message}; 4-bit weights are stored as int8`],
    };
  }
}

async function encodedWeights(
  plan: Plan,
  encoded: LastEncoded,
  between: () => Promise<void>,
): Promise<Map<string, IntegerWeight | string>> {
  const weights = new Map<string, IntegerWeight | string>();
  for (const weight of plan.weights.values()) {
    await encoded.prepare(weight, between);
    weights.set(weight.weight.name, integerWeight(weight, encoded(weight)));
  }
  return weights;
}

function refusal(network: Network, floats: readonly FloatOperator[], { reasons }: Lowering): string {
  const why = [...reasons].slice(0, 3).map(([id, reason]) => `${id}: ${reason}`);
  const because = why.length > 0 ? ` (${why.join("; ")})` : "";
  return `${network.name}: ${listed(floats)} would stay float between quantized tensors${because}, expected operators and weights with an integer form, or float ones allowed`;
}

/** Operators with their counts, those of quantizers left out. */
function listed(floats: readonly FloatOperator[]): string {
  const counts = new Map<string, number>();
  for (const { op } of floats) {
    if (!op.endsWith("QuantizeLinear") && !op.endsWith("DequantizeLinear"))
      counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  if (counts.size === 0) return "a DequantizeLinear and a QuantizeLinear";
  return [...counts].map(([op, count]) => `${count} ${op}`).join(", ");
}
