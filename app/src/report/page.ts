// The report as one HTML file: pictures, figures, what was done and how to do it again. Nothing in it is fetched or run.

import type { DataSummary, Finding, Scheme } from "@bitscape/engine";
import { html, Markup } from "../ui/markup.ts";
import {
  formatAccuracyFinding,
  formatBytes,
  formatCount,
  formatDivergence,
  formatDivergenceFinding,
  formatExactBytes,
  formatPercent,
  formatShape,
} from "../ui/numbers.ts";
import type { ReportFacts } from "./facts.ts";
import { heatLegend, heatPicture, MOST_ROWS } from "./heatPicture.ts";
import { pageStyle } from "./style.ts";

export function reportPage(facts: ReportFacts): string {
  const { model, made, version } = facts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Bitscape ${version}">
<title>${model.name}, quantized</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${model.name}, quantized</h1>
<p class="quiet">Made by Bitscape ${version} on ${made.toISOString().slice(0, 16).replace("T", " ")} UTC.</p>
${outcome(facts)}${verification(facts)}${sensitivity(facts)}${decision(facts)}${comparison(facts)}${method(facts)}${again(facts)}
</main>
</body>
</html>
`.text;
}

function outcome({ model, size, float, predicted, measured, data, recipe }: ReportFacts): Markup {
  const metric = float?.metric === "mse" ? "Relative squared error" : "KL to float, nats";
  const row = (name: string, finding: Finding | null | undefined, write: (f: Finding) => string) =>
    finding &&
    html`<tr><th>${name}</th><td>${write(finding)}</td><td>${finding.source}, n=${formatCount(finding.n)}</td></tr>`;
  return html`<section><h2>Outcome</h2>
${data.kind === "synthetic" && html`<p class="warn">Every figure below was found on synthetic data.</p>`}
${data.labelOrigin === "answers" && html`<p class="warn">The labels were made from the network's own answers: agreeing with them is no accuracy.</p>`}
<table class="figures">
<tr><th>Float file</th><td>${formatBytes(model.bytes)}</td><td>${formatExactBytes(model.bytes)}</td></tr>
${size && html`<tr><th>Quantized file</th><td>${formatBytes(size.bytes)} (${formatPercent(size.bytes / model.bytes)} %)</td><td>${formatExactBytes(size.bytes)}, opset ${size.opset}</td></tr>`}
${row("Float top-1", float?.top1, formatAccuracyFinding)}
${row("Quantized top-1", predicted.top1, formatAccuracyFinding)}
${row("Quantized top-1", measured?.top1, formatAccuracyFinding)}
${row(metric, predicted.divergence, formatDivergenceFinding)}
${row(metric, measured?.divergence, formatDivergenceFinding)}
</table>
${!measured && html`<p class="quiet">The recipe was not measured when this report was made.</p>`}
<p class="quiet">Intervals hold in 95 of 100 cases. Seed ${recipe.seed ?? 0}.</p></section>`;
}

function verification({ exported }: ReportFacts): Markup {
  if (!exported) {
    return html`<section><h2>Verification</h2><p class="quiet">No file of this recipe had been written when this report was made.</p></section>`;
  }
  const { verification: found, fileName, sha256, bytes } = exported;
  return html`<section><h2>Verification</h2><p class="${found.ok ? "good" : "warn"}">${found.sentence}</p>
<p>${fileName}, ${formatExactBytes(bytes.byteLength)}, SHA-256 <code>${sha256}</code>, run in ${found.runtime} on ${formatCount(found.n)} samples.</p></section>`;
}

function sensitivity(facts: ReportFacts): Markup {
  const unit = facts.float?.metric === "mse" ? "relative squared error" : "KL to float, nats";
  return html`<section><h2>Sensitivity of each layer</h2>
<p>How much the output changes where one tensor alone is quantized (${unit}): solid where measured, hatched where predicted, outlined where chosen.</p>
${heatLegend(unit)}
<div class="wide">${new Markup(heatPicture(facts, false).svg)}</div>
${facts.layers.length > MOST_ROWS && html`<p class="quiet">The first ${formatCount(MOST_ROWS)} of ${formatCount(facts.layers.length)} layers are drawn.</p>`}</section>`;
}

function decision({ layers }: ReportFacts): Markup {
  const cost = (cell: ReportFacts["layers"][number]["cells"]["weight"]) =>
    cell && Number.isFinite(cell.finding.value)
      ? `${formatDivergence(cell.finding.value)} ${cell.finding.source}`
      : "";
  const rows = layers.map(
    ({ layer, schemes, bytes, cells }) =>
      html`<tr><td>${layer.id}</td><td>${layer.op}</td><td>${layer.weights.map(({ shape }) => formatShape(shape)).join(", ")}</td><td>${schemeWords(schemes.weight, layer.weights.length > 0)}</td><td>${cost(cells.weight)}</td><td>${schemeWords(schemes.activation, layer.activations.length > 0)}</td><td>${cost(cells.activation)}</td><td>${bytes !== null && bytes > 0 && formatBytes(bytes)}</td></tr>`,
  );
  return html`<section><h2>The recipe</h2><div class="wide"><table>
<thead><tr><th>Layer</th><th>Operator</th><th>Shape</th><th>Weights</th><th>Loss alone</th><th>Activations</th><th>Loss alone</th><th>Size</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

/** "int4, blocks of 32, symmetric, mse". */
export function schemeWords(scheme: Scheme | undefined, there: boolean): string {
  if (!there) return "";
  if (!scheme) return "float";
  const { format, granularity, symmetric, range, rounding } = scheme;
  const grouping =
    typeof granularity === "object" ? `blocks of ${granularity.block}` : `a scale a ${granularity}`;
  const rule =
    typeof range === "string"
      ? range
      : Object.entries(range)
          .map(([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`)
          .join(" ");
  return [format, grouping, symmetric ? "symmetric" : "asymmetric", rule, rounding === "squant" && "SQuant"]
    .filter(Boolean)
    .join(", ");
}

function comparison({ comparison: found, divergences }: ReportFacts): Markup | null {
  if (!found) return null;
  const name = (index: number) => found.classes?.[index] || `class ${index}`;
  return html`<section><h2>Float beside quantized</h2>
${found.flips && html`<p>${formatPercent(found.flips.value)} % (${formatPercent(found.flips.low)} to ${formatPercent(found.flips.high)}) of ${formatCount(found.n)} samples get another answer${found.broken !== null && html`: ${formatCount(found.broken)} were right and are wrong now, ${formatCount(found.mended ?? 0)} the other way round`}.</p>`}
${found.confusions.length > 0 && html`<table><thead><tr><th>Float</th><th>Quantized</th><th>Samples</th></tr></thead><tbody>${found.confusions.slice(0, 12).map(({ from, to, count }) => html`<tr><td>${name(from)}</td><td>${name(to)}</td><td>${count}</td></tr>`)}</tbody></table>`}
${divergences && html`<h3>Signal to noise of each layer’s output, decibels (n=${divergences.n})</h3><table><tbody>${divergences.layers.map(({ layer, sqnrDb }) => html`<tr><td>${layer}</td><td>${Number.isFinite(sqnrDb) ? sqnrDb.toFixed(1) : "exact"}</td></tr>`)}</tbody></table>`}</section>`;
}

function method({ methods }: ReportFacts): Markup {
  return html`<section><h2>Method</h2><ol>${methods.map(({ text, reference }) => html`<li>${text} <span class="quiet">${reference}.</span></li>`)}</ol></section>`;
}

function again({ model, data, recipe, version, exported }: ReportFacts): Markup {
  const json = JSON.stringify(recipe, null, 2);
  return html`<section><h2>To do it again</h2>
<table class="figures">
<tr><th>Model</th><td>${model.name}</td><td>SHA-256 <code>${model.sha256}</code></td></tr>
<tr><th>Data</th><td>${data.name}</td><td>${data.digest ? html`SHA-256 <code>${data.digest}</code>, ` : ""}${formatCount(data.calibration)} samples to calibrate, ${formatCount(data.evaluation)} to evaluate, ${inBoth(data)}</td></tr>
<tr><th>Versions</th><td>Bitscape ${version}</td><td>${exported?.verification.runtime ?? "ONNX Runtime 1.30.0"}</td></tr>
</table>
<p>Save the recipe below as <code>recipe.json</code>, then:</p>
<pre>npx bitscape quantize ${model.name} --recipe recipe.json --data DATA --output quantized.onnx</pre>
<details><summary>The recipe</summary><pre>${json}</pre></details></section>`;
}

/** How many samples calibrate and are evaluated too. */
function inBoth({ overlap, calibration, evaluation, size }: DataSummary): string {
  const both = overlap ?? Math.max(0, calibration + evaluation - size);
  return both === 0 ? "none in both" : `${formatCount(both)} in both`;
}
