// What it was made from and how to do it again: the network, the data and what was done to them, versions, digests, and the
// command lines that write and verify the same file.

import type { DataSummary, Preprocess } from "@bitscape/engine";
import { html, type Markup } from "../ui/markup.ts";
import { formatCount, formatExactBytes, formatLarge } from "../ui/numbers.ts";
import type { ReportFacts } from "./facts.ts";

type Facts = Pick<ReportFacts, "model" | "data" | "recipe" | "version" | "exported">;

export function again(facts: Facts): Markup {
  const { model, data, recipe, version, exported } = facts;
  const row = (name: string, value: string | Markup) =>
    html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
  const values = (all: typeof model.inputs) =>
    all
      .map(
        ({ name, dtype, shape }) => `${name} ${dtype} [${shape?.map((dim) => dim ?? "?").join(", ") ?? "?"}]`,
      )
      .join("; ");
  const pins = Object.entries(model.pins).map(([name, size]) => `${name} = ${size}`);
  return html`<section><h2>Network, data, versions</h2>
<table class="figures"><tbody>
${row("Network", html`${model.name}, ${formatExactBytes(model.bytes)}<br>SHA-256 <code>${model.sha256}</code>`)}
${row("", `opset ${model.opset}, IR ${model.irVersion}${model.producer && `, by ${model.producer}`}; ${formatLarge(model.parameters)} parameters; ${formatCount(model.layers.length)} layers`)}
${row("Inputs", values(model.inputs))}
${row("Outputs", values(model.outputs))}
${pins.length > 0 && row("Pinned", pins.join(", "))}
${model.skipped.length > 0 && row("Kept float", html`${model.skipped.slice(0, 8).map(({ node, reason }) => html`<div>${node}: ${reason}</div>`)}${model.skipped.length > 8 && html`<div>and ${formatCount(model.skipped.length - 8)} more</div>`}`)}
${row("Data", html`${data.name}${data.kind === "synthetic" ? " (synthetic)" : ""}${data.digest && html`<br>SHA-256 <code>${data.digest}</code>`}`)}
${row("", `${formatCount(data.calibration)} samples to calibrate, ${formatCount(data.evaluation)} to evaluate, ${inBoth(data)}; ${data.labelled ? "labelled" : "without labels"}`)}
${data.preprocess && data.kind === "real" && row("Preprocessing", preprocessWords(data.preprocess))}
${row("Versions", `Bitscape ${version}, ${exported?.verification.runtime ?? "ONNX Runtime 1.30.0"}`)}
${row("Seed", String(recipe.seed ?? 0))}
</tbody></table></section>
<section><h2>To do it again</h2>
<p>Save the recipe below as <code>recipe.json</code> beside the network${data.kind === "real" && !data.name.startsWith("sample:") && " and the data"}, then:</p>
<pre>${commandsFor(facts).join("\n")}</pre>
${data.splitFlags === null && html`<p class="quiet">The split of this study is the studio’s own: the command line calibrates on the first samples, so that ranges may differ.</p>`}
<details><summary>The recipe</summary><pre>${JSON.stringify(recipe, null, 2)}</pre></details></section>`;
}

/** The command lines that write the same file and verify it. */
export function commandsFor({
  model,
  data,
  recipe,
}: Pick<ReportFacts, "model" | "data" | "recipe">): string[] {
  const sample = data.name.startsWith("sample:");
  const shared = [
    ...(data.kind === "synthetic" ? [] : ["--data", quoted(data.name)]),
    ...(data.preprocess && !sample && data.kind === "real" ? preprocessFlags(data.preprocess) : []),
    ...Object.entries(model.pins).flatMap(([name, size]) => ["--pin", quoted(`${name}=${size}`)]),
    ...(data.splitFlags ? [data.splitFlags] : []),
    ...(recipe.seed ? ["--seed", String(recipe.seed)] : []),
  ].join(" ");
  const [name, file] = [quoted(model.name), "quantized.onnx"];
  return [
    `npx bitscape quantize ${name} --recipe recipe.json ${shared} --output ${file}`,
    `npx bitscape verify ${name} ${file} ${shared}`,
  ].map((line) => line.replace(/ +/g, " ").trimEnd());
}

function preprocessFlags({ resize, crop, scale, mean, std, channels, layout }: Preprocess): string[] {
  return [
    `--resize ${resize} --crop ${crop} --scale ${fraction(scale)} --mean=${mean.join(",")} --std=${std.join(",")}`,
    `--channels ${channels} --layout ${layout}`,
  ];
}

const preprocessWords = ({ resize, crop, scale, mean, std, channels, layout }: Preprocess) =>
  `x = (pixel · ${fraction(scale)} − mean) / std, mean ${mean.join(", ")}, std ${std.join(", ")}; resize ${resize}, crop ${crop}; ${channels}, ${layout}`;

/** 1/255 rather than .00392156862745098. */
function fraction(scale: number): string {
  const inverse = 1 / scale;
  return scale !== 1 && Math.abs(inverse - Math.round(inverse)) < 1e-9
    ? `1/${Math.round(inverse)}`
    : String(scale);
}

/** For a shell, where a name needs it. */
const quoted = (text: string) => (/^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** How many samples calibrate and are evaluated too. */
function inBoth({ overlap, calibration, evaluation, size }: DataSummary): string {
  const both = overlap ?? Math.max(0, calibration + evaluation - size);
  return both === 0 ? "none in both" : `${formatCount(both)} in both`;
}
