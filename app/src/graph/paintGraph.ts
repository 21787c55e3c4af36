// Draws the graph's edges on a canvas, and its nodes where they are too small to be read: thousands of elements would not move
// with the pointer. Nodes that can be read are GraphNode.tsx.

import { inks, lossColour } from "../charts/colour.ts";
import type { Scene } from "../state/graphScene.ts";
import { type Layout, nodeHeight, nodeWidth } from "./layout.ts";
import type { NodeFigure } from "./nodeFigures.ts";

/** What part of the drawing is seen: its place on the screen and its scale. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Scale from which nodes are elements that can be read. */
export const readable = 0.5;

interface Picture {
  readonly scene: Scene;
  readonly layout: Layout;
  readonly figures: readonly (NodeFigure | null)[];
  readonly selected: ReadonlySet<number>;
  readonly at: number | null;
  readonly hits: ReadonlySet<number>;
  readonly dark: boolean;
}

/**
 * @param width of the canvas, and @param height, in CSS pixels
 * @param boxes draws nodes that can be read too: not all of them are elements yet
 */
export function paintGraph(
  canvas: HTMLCanvasElement,
  picture: Picture,
  { x, y, zoom }: View,
  width: number,
  height: number,
  boxes = false,
): void {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, wide, high);
  context.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * x, ratio * y);
  const seen = { left: -x / zoom, top: -y / zoom, right: (width - x) / zoom, bottom: (height - y) / zoom };
  paintEdges(context, picture, seen, zoom);
  if (boxes || zoom < readable) paintNodes(context, picture, seen, zoom);
}

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function paintEdges(
  context: CanvasRenderingContext2D,
  { scene, layout, at, dark }: Picture,
  seen: Rect,
  zoom: number,
): void {
  const { quiet, accent } = inks(dark);
  const own: number[] = [];
  context.lineJoin = "round";
  context.lineWidth = 1 / Math.max(zoom, 0.4);
  context.strokeStyle = quiet;
  context.beginPath();
  layout.lines.forEach((line, i) => {
    if (!touches(line, seen)) return;
    const { from, to } = scene.edges[i] as (typeof scene.edges)[number];
    if (at !== null && (from === at || to === at)) own.push(i);
    else trace(context, line, zoom);
  });
  context.stroke();
  // Those of the node that one is on stand out.
  context.lineWidth = 2 / Math.max(zoom, 0.4);
  context.strokeStyle = accent;
  context.beginPath();
  for (const i of own) trace(context, layout.lines[i] as Float32Array, zoom);
  context.stroke();
}

function touches(line: Float32Array, { left, top, right, bottom }: Rect): boolean {
  let [least, most, high, low] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < line.length; i += 2) {
    const [x, y] = [line[i] as number, line[i + 1] as number];
    if (x < least) least = x;
    if (x > most) most = x;
    if (y < high) high = y;
    if (y > low) low = y;
  }
  return most >= left && least <= right && low >= top && high <= bottom;
}

const barb = 4;

/** A line with a small head at its end, where that can be seen. */
function trace(context: CanvasRenderingContext2D, line: Float32Array, zoom: number): void {
  context.moveTo(line[0] as number, line[1] as number);
  for (let i = 2; i < line.length; i += 2) context.lineTo(line[i] as number, line[i + 1] as number);
  if (zoom < readable) return;
  const [x, y] = [line.at(-2) as number, line.at(-1) as number];
  context.moveTo(x - barb, y - barb);
  context.lineTo(x, y);
  context.lineTo(x - barb, y + barb);
}

function paintNodes(
  context: CanvasRenderingContext2D,
  { scene, layout, figures, selected, at, hits, dark }: Picture,
  seen: Rect,
  zoom: number,
): void {
  const { ink, line, quiet, accent, surface } = inks(dark);
  scene.nodes.forEach((node, i) => {
    const [x, y] = [layout.places[2 * i] as number, layout.places[2 * i + 1] as number];
    if (x > seen.right || y > seen.bottom || x + nodeWidth < seen.left || y + nodeHeight < seen.top) return;
    const loss = figures[i]?.loss ?? null;
    context.fillStyle = loss !== null ? lossColour(loss, dark) : node.layers.length > 0 ? quiet : line;
    context.beginPath();
    context.roundRect(x, y, nodeWidth, nodeHeight, 4);
    context.fill();
    const marked = i === at || selected.has(i) || hits.has(i);
    if (!marked) {
      if (loss === null || node.node !== null) return;
      // A closed module is told from a layer by its edge.
      context.strokeStyle = surface;
      context.lineWidth = 3;
      context.strokeRect(x + 5, y + 5, nodeWidth - 10, nodeHeight - 10);
      return;
    }
    context.strokeStyle = hits.has(i) && i !== at ? accent : ink;
    context.lineWidth = (i === at ? 3 : 2) / zoom;
    context.stroke();
  });
}
