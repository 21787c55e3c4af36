// Draws a block of the heatmap's rows on a canvas: solid = measured, hatched = predicted, dot = not yet known,
// cross = failed, ring = chosen. What a cell says in words is words.ts.

import type { Recipe } from "@bitscape/engine";
import { inks, lossColour, position } from "../charts/colour.ts";
import { floating } from "../state/edits.ts";
import type { Sharing } from "../state/rows/cells.ts";
import type { Row } from "../state/rows/rows.ts";
import { type Cells, isFailed, type Predictions } from "../state/sweep/known.ts";
import { boxOf } from "./boxes.ts";
import type { Bracket } from "./brackets.ts";
import { type Layout, rowHeight } from "./columns.ts";

export interface Scene {
  readonly rows: readonly Row[];
  readonly layout: Layout;
  readonly cells: Cells;
  readonly predictions: Predictions;
  /** How groups show their layers' losses. */
  readonly sharing: Sharing;
  readonly recipe: Recipe;
  readonly dark: boolean;
  /** Index of the first of the rows among all that are shown. */
  readonly from: number;
  /** Rows that share a decision about activations. */
  readonly brackets: readonly Bracket[];
  /** The row that is looked at: its bracket stands out. */
  readonly active: number | null;
}

const inset = 2;
/** Above and below a group's cells: slimmer than those of layers. */
const slim = 7;

export function paint(canvas: HTMLCanvasElement, scene: Scene): void {
  const { rows, layout } = scene;
  const ratio = window.devicePixelRatio || 1;
  const height = rows.length * rowHeight;
  const [wide, high] = [Math.round(layout.width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, layout.width, height);
  for (let row = 0; row < rows.length; row++) paintRow(context, scene, row);
  for (const bracket of scene.brackets) paintBracket(context, scene, bracket);
}

const [bracketEdge, laneWidth, tick] = [3, 3, 4];

/** A line down from the first to the last of the rows that share, with a tick at each; parts beyond the block are cut. */
function paintBracket(context: Context, { rows, layout, from, dark, active }: Scene, bracket: Bracket): void {
  const { members, lane } = bracket;
  const [first, last] = [members[0] as number, members.at(-1) as number];
  if (last < from || first >= from + rows.length) return;
  const second = layout.columns.findIndex(({ target }) => target === "activation");
  const right = (layout.lefts[second] as number) - bracketEdge;
  const x = right - tick - lane * laneWidth;
  const middle = (row: number) => (row - from + 0.5) * rowHeight;
  const { ink, quiet } = inks(dark);
  context.strokeStyle = active !== null && members.includes(active) ? ink : quiet;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, middle(first));
  context.lineTo(x, middle(last));
  for (const row of members) {
    context.moveTo(x, middle(row));
    context.lineTo(right, middle(row));
  }
  context.stroke();
}

function paintRow(context: CanvasRenderingContext2D, scene: Scene, index: number): void {
  const { layout, dark } = scene;
  const row = scene.rows[index] as Row;
  const over = row.kind === "group" ? slim : inset;
  layout.columns.forEach((column, i) => {
    const { cell, applies, chosen } = boxOf(row, column, scene);
    if (!applies) return;
    const box = {
      x: (layout.lefts[i] as number) + inset,
      y: index * rowHeight + over,
      w: (layout.widths[i] as number) - 2 * inset,
      h: rowHeight - 2 * over,
    };
    if (column.bits === floating) paintFloat(context, box, dark);
    else if (!cell) paintUnknown(context, box, dark);
    else if (isFailed(cell)) paintFailed(context, box, dark);
    else {
      fill(context, box, lossColour(cell.finding.value, dark));
      if (cell.finding.source === "predicted") hatch(context, box, position(cell.finding.value), dark);
    }
    // Chosen by some of a group's layers only: as quiet as what is not quantized.
    if (chosen > 0) paintRing(context, box, dark, column.bits === floating || chosen < 1);
  });
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

type Context = CanvasRenderingContext2D;

function fill(context: Context, { x, y, w, h }: Box, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, w, h, 3);
  context.fill();
}

/** Not quantized: an open box, as there is no loss to colour. */
function paintFloat(context: Context, { x, y, w, h }: Box, dark: boolean): void {
  context.strokeStyle = inks(dark).line;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, w - 1, h - 1, 3);
  context.stroke();
}

function paintUnknown(context: Context, { x, y, w, h }: Box, dark: boolean): void {
  context.fillStyle = inks(dark).quiet;
  context.beginPath();
  context.arc(x + w / 2, y + h / 2, 1.25, 0, 2 * Math.PI);
  context.fill();
}

function paintFailed(context: Context, box: Box, dark: boolean): void {
  paintFloat(context, box, dark);
  const [x, y] = [box.x + box.w / 2, box.y + box.h / 2];
  context.strokeStyle = inks(dark).bad;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
}

/** Diagonal lines over a filled box: in the surface's colour, or in ink where the box is nearly that. */
function hatch(context: Context, { x, y, w, h }: Box, place: number, dark: boolean): void {
  context.save();
  context.beginPath();
  context.roundRect(x, y, w, h, 3);
  context.clip();
  const pale = place < (dark ? 0.45 : 0.3);
  context.strokeStyle = pale ? inks(dark).ink : inks(dark).surface;
  context.globalAlpha = pale ? 0.4 : 0.9;
  context.lineWidth = pale ? 1 : 1.1;
  context.beginPath();
  for (let at = -h; at < w; at += 6.5) {
    context.moveTo(x + at, y + h);
    context.lineTo(x + at + h, y);
  }
  context.stroke();
  context.restore();
}

/** Two rings, ink outside and surface inside: seen on every colour of the scale. Quieter where nothing is quantized. */
function paintRing(context: Context, { x, y, w, h }: Box, dark: boolean, quiet: boolean): void {
  const { ink, surface } = inks(dark);
  context.lineWidth = 1.5;
  context.strokeStyle = surface;
  context.beginPath();
  context.roundRect(x + 1.75, y + 1.75, w - 3.5, h - 3.5, 2);
  context.stroke();
  context.lineWidth = quiet ? 1.5 : 2;
  context.strokeStyle = quiet ? inks(dark).middle : ink;
  context.beginPath();
  context.roundRect(x, y, w, h, 4);
  context.stroke();
}
