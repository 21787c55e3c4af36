// Folding of constant tokens (MixDQ, arXiv 2405.17873, §4.1): K = concat(W · x[0], W · x[1:]), the first row computed once. Only
// x[1:] is quantized, with a range of its own. A rewrite of the float network: its outputs are the same. Evidence for it is
// tokens.ts; it goes into the file's metadata.

import { build, type Constant, constantOf, int, type Node, namesBeside, trueInputs } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { floatsOf } from "../network/constants.ts";
import { layerOf, type Network } from "../network/network.ts";
import { rewritten } from "../network/rewritten.ts";
import type { LayerTokens } from "./tokens.ts";

/** The key of metadata_props that says which tokens were folded, and on what evidence. */
export const TOKENS_KEY = "bitscape.tokens";

/** What is folded of one layer. */
export type Fold = Pick<LayerTokens, "layer" | "tensor" | "leading" | "rows" | "samples">;

/** How many leading tokens are folded of each layer, as a file's metadata says; none where nothing is. */
export function foldedIn({ model }: Network): Readonly<Record<string, number>> {
  const text = model.metadata.get(TOKENS_KEY);
  if (text === undefined) return {};
  const { fold } = JSON.parse(text) as { readonly fold: Readonly<Record<string, number>> };
  return fold;
}

/** The same network with the first tokens of some layers as constants. @throws one sentence where one cannot be folded */
export function foldTokens(network: Network, folds: readonly Fold[]): Network {
  if (folds.length === 0) return network;
  const { graph } = network.model;
  const free = namesBeside(graph);
  const constants: Constant[] = [];
  const add = (constant: Constant) => {
    const name = free(constant.name);
    constants.push({ ...constant, name });
    return name;
  };
  const whole = (name: string, values: readonly number[]) =>
    add(constantOf(name, tensor("int64", [values.length], values)));
  const slices = new Map<string, { readonly name: string; readonly nodes: readonly Node[] }>();
  const by = new Map(folds.map((fold) => [fold.layer, fold]));
  // Where the batch is not fixed, the rows are repeated for it.
  const fixed = trueInputs(graph).every(({ shape }) => typeof shape?.[0] === "number");
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const fold = by.get(node.id);
    if (!fold) return [node];
    const [input, weight] = node.inputs as [string, string];
    const [output] = node.outputs as [string];
    const rows = rowsOf(network, fold, weight);
    const { leading } = fold;
    const channels = rows.length / leading;
    const sliced = `${input}|${leading}`;
    let rest = slices.get(sliced);
    const made: Node[] = [];
    if (!rest) {
      const name = free(`${input}.rest`);
      const ends = [leading, Number.MAX_SAFE_INTEGER, 1].map((value, i) => whole(`rest.${i}`, [value]));
      rest = { name, nodes: [build.node("Slice", [input, ...ends], [name])] };
      slices.set(sliced, rest);
      made.push(...rest.nodes);
    }
    const row = add(constantOf(`${output}.first`, tensor("float32", [1, leading, channels], rows)));
    const [product, first] = [free(`${output}.rest`), fixed ? row : free(`${output}.firsts`)];
    if (!fixed) {
      const [shape, batch, size] = ["shape", "batch", "size"].map((part) => free(`${output}.${part}`)) as [
        string,
        string,
        string,
      ];
      made.push(
        build.node("Shape", [input], [shape]),
        build.node("Gather", [shape, whole("zero", [0])], [batch]),
        build.node("Concat", [batch, whole("first", [leading, channels])], [size], { axis: int(0) }),
        build.node("Expand", [row, size], [first]),
      );
    }
    return [
      ...made,
      { ...node, inputs: [rest.name, weight], outputs: [product] },
      build.node("Concat", [first, product], [output], { axis: int(1) }),
    ];
  });
  const evidence = JSON.stringify({
    fold: Object.fromEntries(folds.map(({ layer, leading }) => [layer, leading])),
    samples: Math.min(...folds.map(({ samples }) => samples)),
  });
  const all = new Map([...graph.constants, ...constants.map((each) => [each.name, each] as const)]);
  return rewritten(network, { ...graph, nodes, constants: all }, [[TOKENS_KEY, evidence]]);
}

/** What the layer makes of its constant tokens: [leading, outputs], summed in float64. */
function rowsOf(network: Network, { layer, leading, rows }: Fold, weight: string): Float32Array {
  const { node } = layerOf(network, layer);
  const matrix = network.model.graph.constants.get(weight);
  const [inner = 0, outer = 0] = matrix?.shape ?? [];
  if (node.op !== "MatMul" || !matrix || matrix.shape.length !== 2 || rows.length !== leading * inner)
    throw new Error(
      `layer ${layer}: ${node.op} of ${rows.length} values, expected a MatMul by a matrix whose first tokens are known`,
    );
  const values = floatsOf(matrix);
  const found = new Float32Array(leading * outer);
  for (let t = 0; t < leading; t++) {
    const sums = new Float64Array(outer);
    for (let i = 0; i < inner; i++) {
      const x = rows[t * inner + i] as number;
      for (let o = 0; o < outer; o++) sums[o] = (sums[o] as number) + x * (values[i * outer + o] as number);
    }
    found.set(sums, t * outer);
  }
  return found;
}

/**
 * What of some layers can be folded, or why nothing can, as a sentence. A token must be the same in every sample and an outlier;
 * `wanted` names layers (with numbers of tokens) that a recipe folds: those need only be the same.
 * @throws one sentence where a layer that a recipe folds cannot be
 */
export function foldable(
  found: readonly LayerTokens[],
  wanted?: Readonly<Record<string, number>>,
): { readonly folds: readonly Fold[]; readonly sentence?: string } {
  if (wanted) {
    const folds = Object.entries(wanted).map(([layer, leading]): Fold => {
      const own = found.find((each) => each.layer === layer);
      const same = own ? own.tokens.findIndex(({ constant }) => !constant) : 0;
      const constant = !own ? 0 : same < 0 ? own.tokens.length : same;
      if (!own || constant < leading)
        throw new Error(
          `layer ${layer}: ${constant} leading tokens that are the same in every sample, expected ${leading} to fold`,
        );
      const channels = own.first.length / own.tokens.length;
      return { ...own, leading, rows: own.first.slice(0, leading * channels) };
    });
    return { folds };
  }
  const folds = found.filter(({ leading, tokens }) => leading > 0 && leading < tokens.length);
  if (folds.length > 0) return { folds };
  if (found.length === 0)
    return {
      folds,
      sentence:
        "tokens: no layer that multiplies [samples, tokens, channels] by a matrix, expected some to fold a token of",
    };
  const constants = found.filter(({ tokens }) => tokens[0]?.constant).length;
  const most = Math.max(
    ...found.map(({ tokens }) => (tokens[0]?.most ?? 0) / medianOf(tokens.map((each) => each.most))),
  );
  return {
    folds,
    sentence: `tokens: nothing to fold: the first is the same in every sample at ${constants} of ${found.length} layers, and at most ${most.toPrecision(2)} times the median token, expected more than 8 times`,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] || 1;
}
