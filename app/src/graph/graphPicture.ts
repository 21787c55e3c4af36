// The whole graph as a drawing of its own, however little of it is seen on the page; and as a table. What is on the page is
// GraphFlow.tsx. Strings, for a file.

import { inks, lossColour } from "../charts/colour.ts";
import type { Drawn } from "../charts/pictureFile.ts";
import type { Scene } from "../state/graphScene.ts";
import { csv } from "../ui/csv.ts";
import { html } from "../ui/markup.ts";
import { type Layout, nodeHeight, nodeWidth } from "./layout.ts";
import type { NodeFigure } from "./nodeFigures.ts";
import { around, nodeName } from "./nodeName.ts";

type Figures = readonly (NodeFigure | null)[];

/** Letters of 12 and of 11 pixels that fit a node, beside its swatch. */
const fits = { label: 19, op: 21 } as const;

export function graphPicture(
  scene: Scene,
  layout: Layout,
  figures: Figures,
  dark: boolean,
  unit: string,
): Drawn {
  const { surface, ink, middle, quiet, line } = inks(dark);
  const { width, height, places, lines } = layout;
  const edges = lines.map((points) => edge(points)).join("");
  const nodes = scene.nodes.map((node, i) => {
    const figure = figures[i] ?? null;
    const loss = figure?.loss ?? null;
    const swatch = loss === null ? "none" : lossColour(loss, dark);
    const [x, y] = [places[2 * i] as number, places[2 * i + 1] as number];
    const hatch =
      figure?.predicted && html`<rect x="6" y="8" width="14" height="24" rx="2" fill="url(#guess)"/>`;
    const bits = figure && html`<tspan dx="6" font-weight="600" fill="${ink}">${figure.bits}</tspan>`;
    const op = cut(node.op, fits.op - (figure?.bits.length ?? 0));
    const edges = node.node === null ? 2 : 1;
    return html`<g transform="translate(${at(x)} ${at(y)})"><title>${nodeName(node, figure, unit)}</title><rect width="${nodeWidth}" height="${nodeHeight}" rx="4" fill="${surface}" stroke="${node.layers.length > 0 ? middle : quiet}" stroke-width="${edges}"/>${node.layers.length > 0 && html`<rect x="6" y="8" width="14" height="24" rx="2" fill="${swatch}" stroke="${loss === null ? line : "none"}"/>`}${hatch}<text x="26" y="17" font-size="12" fill="${ink}">${cut([around(node), node.label].filter(Boolean).join("/"), fits.label)}</text><text x="26" y="32" font-size="11" fill="${middle}">${op}${bits}</text></g>`;
  });
  const defs = html`<defs><pattern id="guess" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line y2="5" stroke="${surface}" stroke-opacity="0.6" stroke-width="2"/></pattern></defs>`;
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${at(width)}" height="${at(height)}" viewBox="0 0 ${at(width)} ${at(height)}" overflow="visible">${defs}<path d="${edges}" fill="none" stroke="${quiet}" stroke-linejoin="round"/>${nodes}</svg>`;
  return { svg: svg.text, width, height };
}

const barb = 4;
const at = (value: number) => Number(value.toFixed(1));
const cut = (text: string, most: number) => (text.length > most ? `…${text.slice(1 - most)}` : text);

/** A line with a small head at its end. */
function edge(points: Float32Array): string {
  const pairs = Array.from(
    { length: points.length / 2 },
    (_, i) => `${at(points[2 * i] as number)} ${at(points[2 * i + 1] as number)}`,
  );
  const [x, y] = [points.at(-2) as number, points.at(-1) as number];
  return `M${pairs.join("L")}M${at(x - barb)} ${at(y - barb)}L${at(x)} ${at(y)}L${at(x - barb)} ${at(y + barb)}`;
}

/** A row for every node that is drawn: what it is, what is chosen for it, what that costs. */
export function graphCsv({ nodes }: Scene, figures: Figures): string {
  return csv([
    ["node", "operator", "module", "bits", "loss", "source"],
    ...nodes.map((node, i) => {
      const figure = figures[i] ?? null;
      const loss = figure?.loss ?? null;
      const source = loss === null ? null : figure?.predicted ? "predicted" : "measured";
      return [node.node === null ? node.module : node.key, node.op, node.module, figure?.bits, loss, source];
    }),
  ]);
}
