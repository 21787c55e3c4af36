// What came of it: sizes and quality of the float network, of the recipe as it was predicted and measured, and of the file that
// was written, side by side, each with its source, samples and interval.

import type { Finding } from "@bitscape/engine";
import { floatHint } from "../open/floatHint.ts";
import { html, type Markup } from "../ui/markup.ts";
import {
  formatAccuracyFinding,
  formatBytes,
  formatCount,
  formatDivergenceFinding,
  formatExactBytes,
  formatPercent,
  formatValue,
} from "../ui/numbers.ts";
import type { ReportFacts } from "./facts.ts";

export const metricName = ({ float }: Pick<ReportFacts, "float">, unit = true) =>
  float?.metric === "mse"
    ? "Relative squared error to float"
    : `KL divergence to float${unit ? ", nats" : ""}`;

/** The result in one sentence. */
export function summary({ model, data, size, float, measured, predicted, exported }: ReportFacts): Markup {
  const score = exported?.verification.score ?? measured;
  const top1 = score?.top1 ?? predicted.top1;
  const loss = score?.divergence ?? predicted.divergence;
  const on = data.kind === "synthetic" ? " synthetic samples" : "";
  const quality =
    top1 && float?.top1
      ? `top-1 ${formatPercent(float.top1.value)} % to ${formatAccuracyFinding(top1)} (${top1.source}, n=${formatCount(top1.n)}${on})`
      : loss &&
        `${metricName({ float }, false)} ${formatDivergenceFinding(loss)}${float?.metric === "mse" ? "" : " nats"} (${loss.source}, n=${formatCount(loss.n)}${on})`;
  const verdict = exported && (exported.verification.ok ? "verified in " : "not verified: ");
  return html`<p class="lead">${formatBytes(model.bytes)} → ${size ? html`<strong>${formatBytes(size.bytes)}</strong> (${formatPercent(size.bytes / model.bytes)} %)` : "size not known"}${quality && html`; ${quality}`}${verdict && html`; ${verdict}${exported.verification.ok ? exported.verification.runtime : exported.verification.sentence}`}.</p>`;
}

export function outcome(facts: ReportFacts): Markup {
  const { model, size, float, predicted, measured, exported, data, recipe } = facts;
  const file = exported?.verification.score;
  const hint = floatHint(float?.top1, data);
  const cell = (finding: Finding | null | undefined, write: (f: Finding) => string) =>
    html`<td>${finding ? html`${write(finding)}<br><span class="quiet">n=${formatCount(finding.n)}</span>` : html`<span class="quiet">–</span>`}</td>`;
  const row = (
    name: string,
    write: (f: Finding) => string,
    findings: readonly (Finding | null | undefined)[],
  ) =>
    findings.some((each) => each) &&
    html`<tr><th scope="row">${name}</th>${findings.map((finding) => cell(finding, write))}</tr>`;
  return html`<section><h2>Outcome</h2>
${data.kind === "synthetic" && html`<p class="warn">Every figure below was found on synthetic data.</p>`}
${hint && html`<p class="warn">Before trusting any of it: ${hint}.</p>`}
${data.labelOrigin === "answers" && html`<p class="warn">The labels were made from the network's own answers: agreeing with them is no accuracy.</p>`}
<div class="wide"><table class="figures outcome">
<thead><tr><td></td><th scope="col">Float</th><th scope="col">Quantized, predicted</th><th scope="col">Quantized, measured<br><span class="quiet">simulated</span></th><th scope="col">Quantized, measured<br><span class="quiet">the file itself</span></th></tr></thead>
<tbody>
<tr><th scope="row">Size</th><td>${formatBytes(model.bytes)}<br><span class="quiet">${formatExactBytes(model.bytes)}</span></td><td colspan="2">${size ? html`${formatBytes(size.bytes)} (${formatPercent(size.bytes / model.bytes)} %)<br><span class="quiet">${formatExactBytes(size.bytes)} exactly, opset ${size.opset}</span>` : "–"}</td><td>${exported ? html`${formatBytes(exported.length)}<br><span class="quiet">${formatExactBytes(exported.length)}</span>` : html`<span class="quiet">–</span>`}</td></tr>
${row("Top-1", formatAccuracyFinding, [float?.top1, predicted.top1, measured?.top1, file?.top1])}
${row(metricName(facts), formatDivergenceFinding, [null, predicted.divergence, measured?.divergence, file?.divergence])}
</tbody></table></div>
${!measured && html`<p class="quiet">The recipe was not measured when this report was made.</p>`}
<p class="quiet">Intervals hold in 95 of 100 cases${predicted.unknown > 0 && html`; the prediction leaves out ${formatCount(predicted.unknown)} of ${formatCount(predicted.chosen)} choices, of which nothing was known`}. Seed ${recipe.seed ?? 0}.</p></section>`;
}

export function verification({ exported, data }: ReportFacts): Markup {
  if (!exported) {
    return html`<section><h2>Verification</h2><p class="quiet">No file of this recipe had been written when this report was made.</p></section>`;
  }
  const { verification: found, fileName, sha256, length, warnings } = exported;
  const { n, agreement, sqnrDb, maxAbsDiff, simulated } = found;
  const fact = (name: string, value: string | Markup) =>
    html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
  return html`<section><h2>Verification</h2><p class="${found.ok ? "good" : "warn"}">${found.sentence}</p>
<table class="figures"><tbody>
${fact("File", html`${fileName}, ${formatExactBytes(length)}<br>SHA-256 <code>${sha256}</code>`)}
${fact("Opened again in", `${found.runtime}, run on ${formatCount(n)} ${data.kind === "synthetic" ? "synthetic " : ""}samples`)}
${agreement !== null && fact("Same answer as float", `${formatPercent(agreement)} %`)}
${fact("Signal to noise, file against float", `${decibels(sqnrDb)}; largest difference ${formatValue(maxAbsDiff)}`)}
${fact("File against its simulation", `${decibels(simulated.sqnrDb)}; largest difference ${formatValue(simulated.maxAbsDiff)}${simulated.agreement === null ? "" : `; ${formatPercent(simulated.agreement)} % same answer`}`)}
</tbody></table>
${warnings.map((warning) => html`<p class="quiet">${warning}.</p>`)}</section>`;
}

const decibels = (value: number) =>
  value === Number.POSITIVE_INFINITY ? "∞ dB (identical)" : `${value.toFixed(1).replace("-", "−")} dB`;
