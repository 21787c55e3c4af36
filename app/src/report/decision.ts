// What was decided: how many weights have which format, and every layer's scheme with what it loses alone and takes in the file.

import { formatFacts, type Scheme, schemeWords as words } from "@bitscape/engine";
import { html, type Markup } from "../ui/markup.ts";
import { formatBytes, formatCount, formatDivergence, formatPercent, formatShape } from "../ui/numbers.ts";
import type { LayerFacts, ReportFacts } from "./facts.ts";

export function decision({ layers }: ReportFacts): Markup {
  const letters = lettersOf(layers);
  const chosen = (scheme: Scheme | undefined, there: boolean) =>
    scheme && there
      ? html`${scheme.format} <span class="quiet">${letters.get(schemeWords(scheme, true))}</span>`
      : schemeWords(scheme, there);
  const cost = (cell: LayerFacts["cells"]["weight"]) =>
    cell && Number.isFinite(cell.finding.value)
      ? html`${formatDivergence(cell.finding.value)} <span class="quiet">${cell.finding.source}, n=${formatCount(cell.finding.n)}</span>`
      : "";
  const rows = layers.map(
    ({ layer, schemes, bytes, cells }) =>
      html`<tr><th scope="row">${layer.id}</th><td>${layer.op}</td><td>${layer.weights.map(({ shape }) => formatShape(shape)).join(", ")}</td><td>${chosen(schemes.weight, layer.weights.length > 0)}</td><td>${cost(cells.weight)}</td><td>${chosen(schemes.activation, layer.activations.length > 0)}</td><td>${cost(cells.activation)}</td><td class="number">${bytes !== null && bytes > 0 && formatBytes(bytes)}</td></tr>`,
  );
  return html`<section><h2>The recipe</h2>
${composition(layers)}
<div class="wide"><table class="layers">
<thead><tr><th scope="col">Layer</th><th scope="col">Operator</th><th scope="col">Shape</th><th scope="col">Weights</th><th scope="col">Loss alone</th><th scope="col">Inputs</th><th scope="col">Loss alone</th><th scope="col">Size</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

/** Schemes by the letters that stand for them in the table of layers: those of weights first, then those of inputs. */
function lettersOf(layers: readonly LayerFacts[]): ReadonlyMap<string, string> {
  const names = (["weight", "activation"] as const).flatMap((target) =>
    layers.flatMap(({ layer, schemes }) => {
      const there = target === "weight" ? layer.weights.length > 0 : layer.activations.length > 0;
      return there && schemes[target] ? [schemeWords(schemes[target], true)] : [];
    }),
  );
  return new Map([...new Set(names)].map((name, i) => [name, letterOf(i)]));
}

/** A to Z, then A1 and on. */
const letterOf = (i: number) => `${String.fromCharCode(65 + (i % 26))}${i < 26 ? "" : Math.floor(i / 26)}`;

/** How many weights each scheme has, most first, and the bits that they take on average; and the schemes of inputs. */
export function composition(layers: readonly LayerFacts[]): Markup | null {
  const letters = lettersOf(layers);
  const groups = new Map<string, { layers: number; weights: number; bits: number }>();
  const inputs = new Map<string, number>();
  for (const { layer, schemes } of layers) {
    if (schemes.activation && layer.activations.length > 0) {
      const name = schemeWords(schemes.activation, true);
      inputs.set(name, (inputs.get(name) ?? 0) + 1);
    }
    if (layer.weights.length === 0) continue;
    const name = schemeWords(schemes.weight, true);
    const group = groups.get(name) ?? { layers: 0, weights: 0, bits: 0 };
    group.layers++;
    for (const { elements, dtype } of layer.weights) {
      group.weights += elements;
      group.bits +=
        elements * (schemes.weight ? formatFacts(schemes.weight.format).bits : dtype === "float16" ? 16 : 32);
    }
    groups.set(name, group);
  }
  const all = [...groups.values()];
  const weights = all.reduce((sum, each) => sum + each.weights, 0);
  if (weights === 0) return null;
  const bits = all.reduce((sum, each) => sum + each.bits, 0) / weights;
  const rows = [...groups].sort(([, a], [, b]) => b.weights - a.weights);
  return html`<p>${bits.toFixed(2)} bits a weight on average, scales and tables not counted.</p>
<table><thead><tr><td></td><th scope="col">Weights as</th><th scope="col">Layers</th><th scope="col">Weights</th><th scope="col">Share</th></tr></thead><tbody>${rows.map(
    ([name, group]) =>
      html`<tr><td>${letters.get(name) ?? ""}</td><th scope="row">${name}</th><td class="number">${formatCount(group.layers)}</td><td class="number">${formatCount(group.weights)}</td><td>${bar(group.weights / weights)} ${formatPercent(group.weights / weights)} %</td></tr>`,
  )}</tbody></table>
${inputs.size > 0 && html`<table><thead><tr><td></td><th scope="col">Inputs as</th><th scope="col">Layers</th></tr></thead><tbody>${[...inputs].map(([name, count]) => html`<tr><td>${letters.get(name) ?? ""}</td><th scope="row">${name}</th><td class="number">${formatCount(count)}</td></tr>`)}</tbody></table>`}`;
}

/** A share as a bar, 0 to 1. */
export const bar = (share: number): Markup =>
  html`<svg class="bar" width="120" height="10" aria-hidden="true"><rect width="120" height="10" class="track"/><rect width="${(120 * Math.min(1, Math.max(0, share))).toFixed(1)}" height="10"/></svg>`;

/** "int4, blocks of 32, symmetric, mse"; "float" where nothing was chosen, nothing where there is nothing to choose for. */
export const schemeWords = (scheme: Scheme | undefined, there: boolean): string =>
  there ? (scheme ? words(scheme) : "float") : "";
