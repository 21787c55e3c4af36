// The report as one HTML file: pictures, figures, what was done and how to do it again. Nothing in it is fetched or run.

import { html, Markup } from "../ui/markup.ts";
import { formatCount, formatPercent } from "../ui/numbers.ts";
import { again } from "./again.ts";
import { bar, decision } from "./decision.ts";
import type { ReportFacts } from "./facts.ts";
import { heatLegend, heatPicture, MOST_ROWS } from "./heatPicture.ts";
import { metricName, outcome, summary, verification } from "./outcome.ts";
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
${summary(facts)}${outcome(facts)}${verification(facts)}${sensitivity(facts)}${decision(facts)}${comparison(facts)}${method(facts)}${again(facts)}
</main>
</body>
</html>
`.text;
}

/** Rows up to which the picture is there in both themes: beyond, a file would be twice as large for it. */
const BOTH_ROWS = 120;
/** Rows that fit on a page of paper with the text. */
const PAGE_ROWS = 45;

function sensitivity(facts: ReportFacts): Markup {
  const unit = metricName(facts);
  const picture = (dark: boolean) =>
    html`${heatLegend(unit, dark)}<div class="wide">${new Markup(heatPicture(facts, dark).svg)}</div>`;
  const both = facts.layers.length <= BOTH_ROWS;
  return html`<section class="${facts.layers.length <= PAGE_ROWS ? "whole" : ""}"><h2>Sensitivity of each layer</h2>
<p>How much the output changes where one tensor alone is quantized (${unit}): solid where measured, hatched where predicted, empty where not known, outlined where chosen.</p>
<div class="${both ? "by-light" : "on-white"}">${picture(false)}</div>
${both && html`<div class="by-dark">${picture(true)}</div>`}
${facts.layers.length > MOST_ROWS && html`<p class="quiet">The first ${formatCount(MOST_ROWS)} of ${formatCount(facts.layers.length)} layers are drawn.</p>`}</section>`;
}

function comparison({ comparison: found, divergences }: ReportFacts): Markup | null {
  if (!found) return null;
  const name = (index: number) => found.classes?.[index] || `class ${index}`;
  const shown = (divergences?.layers ?? []).filter(({ sqnrDb }) => Number.isFinite(sqnrDb));
  const most = shown.reduce((max, { sqnrDb }) => Math.max(max, sqnrDb), 1);
  return html`<section><h2>Float beside quantized</h2>
${found.flips && html`<p>${formatPercent(found.flips.value)} % (${formatPercent(found.flips.low)} to ${formatPercent(found.flips.high)}) of ${formatCount(found.n)} samples get another answer${found.broken !== null && html`: ${formatCount(found.broken)} right before and wrong now, ${formatCount(found.mended ?? 0)} wrong before and right now`}.</p>`}
${found.confusions.length > 0 && html`<table><thead><tr><th scope="col">Float</th><th scope="col">Quantized</th><th scope="col">Samples</th></tr></thead><tbody>${found.confusions.slice(0, 12).map(({ from, to, count }) => html`<tr><td>${name(from)}</td><td>${name(to)}</td><td class="number">${count}</td></tr>`)}</tbody></table>`}
${divergences && html`<h3>Signal to noise of each layer’s output, decibels (n=${divergences.n})</h3><table><tbody>${divergences.layers.map(({ layer, sqnrDb }) => html`<tr><th scope="row">${layer}</th><td>${bar(Number.isFinite(sqnrDb) ? sqnrDb / most : 1)}</td><td class="number">${Number.isFinite(sqnrDb) ? sqnrDb.toFixed(1) : "exact"}</td></tr>`)}</tbody></table>`}</section>`;
}

function method({ methods }: ReportFacts): Markup {
  return html`<section><h2>Method</h2><ol>${methods.map(({ text, reference }) => html`<li>${text} <span class="quiet">${reference}.</span></li>`)}</ol></section>`;
}
