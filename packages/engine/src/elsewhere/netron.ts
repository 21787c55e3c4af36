// The same decision as an attachment for Netron (lutzroeder/netron 9.2 on, view.js, metadata.Attachment): a JSON file that is dropped
// on the page where the float network is open; each node's sidebar then has its formats and what they lose. Netron finds nodes,
// values and tensors by name. It changes nothing in a network: this is for looking, not for quantizing.

import { formatFacts } from "@bitscape/quant";
import type { Network } from "../network/network.ts";
import type { Plan, PointPlan } from "../plan/plan.ts";
import type { Recipe, Target } from "../recipe.ts";
import { schemeFor } from "../recipe.ts";
import { schemeWords } from "../schemeWords.ts";
import { askedOf } from "./asked.ts";
import { type Configuration, stem } from "./configuration.ts";
import { type Known, type Loss, lossesOf } from "./losses.ts";
import { namingOf } from "./naming.ts";

/** One row of a sidebar. Netron drops what has no kind, target or name, and keeps the last of equal names. */
interface Row {
  readonly kind: "model" | "node" | "value" | "tensor";
  readonly target: string;
  readonly name: string;
  readonly value: string;
}

export function netronConfiguration(
  network: Network,
  plan: Plan,
  recipe: Recipe,
  known?: Known,
): Configuration {
  const there = namingOf(network);
  const outputs = new Map(Object.entries(there.given).map(([output, id]) => [id, output]));
  const metadata: Row[] = [
    model("quantization", `by Bitscape, for the file with SHA-256 ${network.sha256}`),
    model("bitscape recipe", JSON.stringify(recipe)),
  ];
  const metrics: Row[] = [];
  const lossOf = lossesOf(recipe, known);
  for (const { layer, weight, input, inputs } of askedOf(network, plan)) {
    const { id, weights } = layer;
    if (!there.nodes.has(id)) continue;
    const output = outputs.get(id);
    const at =
      output === undefined
        ? ({ kind: "node", target: id } as const)
        : ({ kind: "value", target: output } as const);
    const add = (name: string, value: string) =>
      metadata.push({ ...at, target: firstLine(at.target), name, value });
    const loses = (target: Target) => {
      const loss = lossOf(layer.id, target);
      if (loss) metrics.push({ ...at, target: firstLine(at.target), ...lossRow(target, loss, known) });
    };
    if (weights.length > 0) {
      add("weights", weight ? schemeWords(weight.scheme) : "float");
      if (weight) loses("weight");
    }
    if (input || inputs.length > 0) {
      const all = input ? [input] : inputs;
      add("inputs", [...new Set(all.map(({ format }) => format.name))].join(", "));
      if (schemeFor(recipe, id, "activation")) loses("activation");
    } else if (layer.points.length > 0) add("inputs", "float");
    if (weight && there.tensors.has(weight.weight.name))
      metadata.push({
        kind: "tensor",
        target: firstLine(weight.weight.name),
        name: "format",
        value: schemeWords(weight.scheme),
      });
  }
  for (const point of plan.points.values()) metadata.push(...pointRows(point, there.tensors));
  const left = [
    ...(outputs.size > 0
      ? [`names: ${outputs.size} nodes have none in the file; what is said of them is at their outputs`]
      : []),
    ...(known ? [] : ["losses: none were given; formats alone"]),
  ];
  const text = `${JSON.stringify({ signature: "netron:attachment", metadata, metrics }, null, 1)}\n`;
  return { name: `${stem(network.name)}.netron.json`, text, left };
}

const model = (name: string, value: string): Row => ({ kind: "model", target: "", name, value });

/** Netron cuts a name at its first line before it looks for it. */
const firstLine = (name: string) => name.split("\n")[0] as string;

const lossRow = (target: Target, { words }: Loss, known: Known | undefined) => ({
  name: `loss of ${target === "weight" ? "weights" : "inputs"} alone${known ? ` (${known.metric})` : ""}`,
  value: words,
});

/** What is stored of a value between nodes: shown where the value's edge is clicked. */
function pointRows({ point, format, scale, zeroPoint }: PointPlan, there: ReadonlySet<string>): Row[] {
  const { bits } = formatFacts(format.name);
  return [point.tensor, ...point.aliases]
    .filter((tensor) => there.has(tensor))
    .flatMap((tensor) =>
      [
        ["format", `${format.name} (${bits} bits)`],
        ["scale", String(Math.fround(scale))],
        ["zero point", String(zeroPoint)],
      ].map(
        ([name, value]): Row => ({
          kind: "value",
          target: firstLine(tensor),
          name: name as string,
          value: value as string,
        }),
      ),
    );
}
