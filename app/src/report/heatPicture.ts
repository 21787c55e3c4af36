// The heatmap as a still picture (SVG): rows are layers, columns widths, colour the loss; hatched is predicted, outlined is
// chosen. For the report and for a file of its own; the one that is handled is layers/Heatmap.tsx.

import { inks, lossColour } from "../charts/colour.ts";
import { heatKey } from "../charts/colourKey.ts";
import { type Drawn, keyHeight, keyMarkup } from "../charts/pictureFile.ts";
import { shortName } from "../layers/formats.ts";
import { chosenBits, has } from "../state/edits.ts";
import { isFailed } from "../state/sweep/known.ts";
import { html, type Markup } from "../ui/markup.ts";
import type { ReportFacts } from "./facts.ts";

const ROW = 16;
const CELL = 30;
const NAMES = 220;
const HEAD = 36;
const GAP = 20;
/** Rows that are drawn; a picture of more is no picture. */
export const MOST_ROWS = 400;

type Facts = Pick<ReportFacts, "layers" | "columns" | "cellAt" | "recipe" | "model">;

export function heatPicture({ layers, columns, cellAt, recipe, model }: Facts, dark: boolean): Drawn {
  const { ink, line, surface, middle } = inks(dark);
  // Both themes may be in one page.
  const hatch = dark ? "hatch-dark" : "hatch";
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
      return html`<g><title>${title}</title><rect ${box} fill="${known ? lossColour(known.value, dark) : "none"}" stroke="${known ? "none" : line}"/>${
        known?.source === "predicted" && html`<rect ${box} fill="url(#${hatch})"/>`
      }${chosen && html`<rect ${box} fill="none" stroke="${ink}" stroke-width="2"/>`}</g>`;
    });
    return html`<text x="0" y="${y + 12}">${shortened(layer.id)}</text>${cells}`;
  });
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Sensitivity of ${rows.length} layers of ${model.name}" font-size="11" fill="${middle}"><defs><pattern id="${hatch}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="5" stroke="${surface}" stroke-opacity="0.6" stroke-width="2"/></pattern></defs>${groups}${head}${body}</svg>`;
  return { svg: picture.text, width, height };
}

/** What the colours mean, beside the picture in the report. */
export const heatLegend = (unit: string, dark = false): Markup =>
  html`<svg width="240" height="${keyHeight}" role="img" aria-label="Colour scale, ${unit}">${keyMarkup(heatKey(unit, dark), 240, inks(dark).middle, dark ? "key-dark" : "key")}</svg>`;

const shortened = (id: string) => (id.length > 34 ? `…${id.slice(-33)}` : id);
