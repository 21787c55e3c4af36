// The same decision as node data for Model Explorer (google-ai-edge/model-explorer, node_data_builder.py of 0.1.34: GraphNodeData):
// JSON files that are dropped on the float network's graph and colour its nodes, one by formats, and one each by the loss of
// weights and of inputs alone. A file has one figure a node. Nodes are found by the ids that model-explorer-onnx 0.4 gives them:
// their names, or "node", "node_1", … for those without. It changes nothing in a network: this is for looking.

import { formatFacts } from "@bitscape/quant";
import type { Network } from "../network/network.ts";
import type { Plan } from "../plan/plan.ts";
import type { Recipe, Target } from "../recipe.ts";
import { askedOf } from "./asked.ts";
import { type Configuration, stem } from "./configuration.ts";
import { type Known, lossesOf } from "./losses.ts";

interface Result {
  readonly value: number | string;
  readonly bgColor?: string;
  readonly textColor?: string;
}

/** Bits up to which a colour goes: viridis, narrow to wide. */
const widths: readonly (readonly [bits: number, bgColor: string, textColor: string])[] = [
  [2, "#440154", "#ffffff"],
  [3, "#443983", "#ffffff"],
  [4, "#31688e", "#ffffff"],
  [6, "#21918c", "#ffffff"],
  [8, "#35b779", "#000000"],
  [16, "#90d743", "#000000"],
];
const float: Result = { value: "float", bgColor: "#eef0f2", textColor: "#000000" };

/** Losses up to which a colour goes, a decade each: magma from pale to dark, the studio's own. */
const decades: readonly (readonly [value: number, bgColor: string, textColor: string])[] = [
  [1e-5, "#fcf4b6", "#000000"],
  [1e-4, "#fec488", "#000000"],
  [1e-3, "#fb8861", "#000000"],
  [1e-2, "#d8456c", "#ffffff"],
  [1e-1, "#9f2f7f", "#ffffff"],
  [1, "#5f187f", "#ffffff"],
  [1e9, "#1d1147", "#ffffff"],
];

export function modelExplorerConfiguration(
  network: Network,
  plan: Plan,
  recipe: Recipe,
  known?: Known,
): Configuration {
  const { ids, unfound } = idsOf(network);
  const formats: Record<string, Result> = {};
  const losses: Readonly<Record<Target, Record<string, Result>>> = { weight: {}, activation: {} };
  const lossOf = lossesOf(recipe, known);
  for (const { layer, weight, input, inputs } of askedOf(network, plan)) {
    const id = ids.get(layer.id);
    if (id === undefined) continue;
    const between = input ? [input] : inputs;
    const all = [
      ...(weight ? [weight.format.name] : []),
      ...new Set(between.map(({ format }) => format.name)),
    ];
    formats[id] = all.length === 0 ? float : coloured(all);
    for (const target of ["weight", "activation"] as const) {
      if (target === "weight" ? !weight : between.length === 0) continue;
      const loss = lossOf(layer.id, target);
      if (loss) losses[target][id] = { value: loss.value };
    }
  }
  const name = stem(network.name);
  const lossFiles = (["weight", "activation"] as const)
    .filter((target) => Object.keys(losses[target]).length > 0)
    .map((target) => {
      const what = target === "weight" ? "weights" : "inputs";
      const thresholds = decades.map(([value, bgColor, textColor]) => ({ value, bgColor, textColor }));
      const data = { name: `Loss of ${what} alone (${known?.metric})`, results: losses[target], thresholds };
      return { name: `${name}.model-explorer.${what}-loss.json`, text: textOf(data) };
    });
  const left = [
    ...(unfound.length > 0
      ? [
          `${unfound[0]}${unfound.length > 1 ? ` and ${unfound.length - 1} more` : ""}: nothing in the file by which Model Explorer finds it, expected a node's name`,
        ]
      : []),
    ...(lossFiles.length > 0 ? [] : ["losses: none were given; formats alone"]),
    "granularity, ranges and scales: a node has one value here, its formats",
  ];
  return {
    name: `${name}.model-explorer.formats.json`,
    text: textOf({ name: "Formats of weights and inputs", results: formats }),
    ...(lossFiles.length > 0 && { beside: lossFiles }),
    left,
  };
}

const textOf = (data: object) => `${JSON.stringify(data, null, 1)}\n`;

/** In the colour of its narrowest. */
function coloured(formats: readonly string[]): Result {
  const bits = Math.min(...formats.map((name) => formatFacts(name).bits));
  const [, bgColor, textColor] =
    widths.find(([most]) => bits <= most) ?? (widths.at(-1) as (typeof widths)[number]);
  return { value: formats.join(" · "), bgColor, textColor };
}

/** By our ids of the layers those of Model Explorer. */
function idsOf({ original, layers }: Network): {
  readonly ids: ReadonlyMap<string, string>;
  readonly unfound: readonly string[];
} {
  const { nodes } = original.graph;
  const used = new Set(nodes.map(({ name }) => name));
  const ids = new Map<string, string>();
  let count = 0;
  // Ids of nodes without a name have their place in the file: where it is that in the list, none of them is missing here.
  const whole = nodes.every(({ id, name, op }, i) => name !== "" || id === `${op}_${i}`);
  for (const { id, name } of nodes) {
    if (name === id) ids.set(id, name);
    else if (name === "" && whole) {
      let made = count === 0 ? "node" : `node_${count}`;
      while (used.has(made)) made = `node_${++count}`;
      count++;
      ids.set(id, made);
    }
  }
  return { ids, unfound: layers.map(({ id }) => id).filter((id) => !ids.has(id)) };
}
