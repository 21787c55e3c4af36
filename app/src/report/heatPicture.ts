// The heatmap as a still picture (SVG): rows are layers, columns widths, colour the loss; hatched is predicted, outlined is
// chosen.

import { legendTicks, lossColour, position } from "../charts/colour.ts";
import { shortName } from "../layers/formats.ts";
import { chosenBits, has } from "../state/edits.ts";
import { isFailed } from "../state/known.ts";
import type { ReportFacts } from "./facts.ts";
import { html, type Markup } from "./markup.ts";

const ROW = 16;
const CELL = 30;
const NAMES = 220;
const HEAD = 36;
const GAP = 20;
/** Rows that are drawn; a picture of more is no picture. */
export const MOST_ROWS = 400;

export function heatPicture({ layers, columns, cellAt, recipe, model }: ReportFacts): Markup {
  const rows = layers.slice(0, MOST_ROWS);
  const firstActivation = columns.findIndex(({ target }) => target === "activation");
  const x = (i: number) => NAMES + i * CELL + (firstActivation > 0 && i >= firstActivation ? GAP : 0);
  const width = x(columns.length - 1) + CELL + 1;
  const height = HEAD + rows.length * ROW + 4;
  const head = columns.map(
    ({ bits }, i) =>
      html`<text x="${x(i) + CELL / 2}" y="${HEAD - 8}" text-anchor="middle">${shortName(bits)}</text>`,
  );
  const groups = (["weight", "activation"] as const).map((target) => {
    const at = columns.findIndex((column) => column.target === target);
    return (
      at >= 0 &&
      html`<text x="${x(at)}" y="12">${target === "weight" ? "Weights" : "Activations"}, bits</text>`
    );
  });
  const body = rows.map(({ layer }, r) => {
    const y = HEAD + r * ROW;
    const cells = columns.map((column, i) => {
      if (!has(layer, column.target)) return null;
      const cell = cellAt(layer.id, column);
      const known = cell && !isFailed(cell) ? cell.finding : null;
      const box = html`x="${x(i) + 1}" y="${y + 1}" width="${CELL - 2}" height="${ROW - 2}" rx="2"`;
      const title = known
        ? `${layer.id}, ${column.target}, ${shortName(column.bits)}: ${known.value.toPrecision(3)}, ${known.source} on ${known.n} samples`
        : `${layer.id}, ${column.target}, ${shortName(column.bits)}: not known`;
      const chosen = chosenBits(recipe, layer.id, column.target) === column.bits;
      return html`<g><title>${title}</title><rect ${box} fill="${known ? lossColour(known.value, false) : "none"}" stroke="${known ? "none" : "#e0e3e6"}"/>${
        known?.source === "predicted" && html`<rect ${box} fill="url(#hatch)"/>`
      }${chosen && html`<rect ${box} fill="none" stroke="#14181d" stroke-width="2"/>`}</g>`;
    });
    return html`<text x="0" y="${y + 12}">${shortened(layer.id)}</text>${cells}`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Sensitivity of ${rows.length} layers of ${model.name}"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="5" stroke="#ffffff" stroke-opacity="0.6" stroke-width="2"/></pattern></defs>${groups}${head}${body}</svg>`;
}

/** The legend of the colours, in words and units. */
export function heatLegend(unit: string): Markup {
  const width = 220;
  const stops = Array.from(
    { length: 45 },
    (_, i) =>
      html`<rect x="${(i * width) / 45}" width="${width / 45 + 0.5}" height="10" fill="${lossColour(10 ** (-5 + (i / 44) * Math.log10(3e5)), false)}"/>`,
  );
  const ticks = legendTicks.map(
    (tick) => html`<text x="${position(tick) * width}" y="24" text-anchor="middle">${tick}</text>`,
  );
  return html`<svg viewBox="-16 0 ${width + 40} 28" width="${width + 40}" height="28" role="img" aria-label="Colour scale, ${unit}">${stops}${ticks}</svg>`;
}

const shortened = (id: string) => (id.length > 34 ? `…${id.slice(-33)}` : id);
