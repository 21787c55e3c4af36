// A picture as a file of its own (SVG 1.1): under its title, above its colours' key and the line that says what it was found
// with. Strings only: what an element on the page looks like is read by svgFile.ts.

import { html, Markup } from "../ui/markup.ts";
import { inks } from "./colour.ts";
import type { ColourKey } from "./colourKey.ts";

/** An svg element as text, with its size in pixels. */
export interface Drawn {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export interface Framed {
  readonly title: string;
  /** Model, data, number of samples, measured or predicted. */
  readonly source: string;
  readonly key: ColourKey | null;
  readonly dark: boolean;
}

export const fontFamily = "Inter, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif";

const margin = 24;
/** Least width: of a small picture the source is written in several lines. */
const narrowest = 320;
/** About so many pixels a letter takes, by the size of the type. */
const letter = { title: 9, source: 6.1 } as const;
const keyWidth = 240;

export function framed({ svg, width, height }: Drawn, { title, source, key, dark }: Framed): Drawn {
  const { surface, ink, middle } = inks(dark);
  const room = Math.max(narrowest, Math.ceil(width));
  const titles = lines(title, Math.floor(room / letter.title));
  const sources = lines(source, Math.floor(room / letter.source));
  const top = margin + titles.length * 20 + 12;
  const keyTop = top + Math.ceil(height) + 16;
  const sourceTop = keyTop + (key ? keyHeight + 12 : 0);
  const whole = { width: room + 2 * margin, height: sourceTop + sources.length * 16 + margin - 8 };
  const heading = titles.map(
    (line, i) =>
      html`<text y="${margin + 14 + i * 20}" font-size="15" font-weight="600" fill="${ink}">${line}</text>`,
  );
  const footing = sources.map(
    (line, i) => html`<text y="${sourceTop + 11 + i * 16}" font-size="11" fill="${middle}">${line}</text>`,
  );
  const bar =
    key &&
    html`<g transform="translate(0 ${keyTop})">${keyMarkup(key, Math.min(keyWidth, room), middle)}</g>`;
  const text = html`<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" font-family="${fontFamily}"><title>${title}</title><rect width="100%" height="100%" fill="${surface}"/><g transform="translate(${margin} 0)">${heading}<g transform="translate(0 ${top})">${new Markup(svg)}</g>${bar}${footing}</g></svg>`;
  return { svg: text.text, ...whole };
}

/** Height of a key's drawing, pixels. */
export const keyHeight = 44;

/**
 * The colours' key: its unit, the bar, values below it.
 * @param id of its gradient: another for each key of one page
 */
export function keyMarkup(
  { unit, colours, marks }: ColourKey,
  width: number,
  ink: string,
  id = "key",
): Markup {
  const stops = colours.map(
    (colour, i) => html`<stop offset="${i / (colours.length - 1)}" stop-color="${colour}"/>`,
  );
  const bar = html`<defs><linearGradient id="${id}">${stops}</linearGradient></defs><rect y="16" width="${width}" height="10" rx="2" fill="url(#${id})"/>`;
  const texts = marks.map(
    ({ place, text }) =>
      html`<text x="${(place * width).toFixed(1)}" y="40" font-size="11" fill="${ink}" text-anchor="${place < 0.05 ? "start" : place > 0.95 ? "end" : "middle"}">${text}</text>`,
  );
  return html`<text y="10" font-size="11" fill="${ink}">${unit}</text>${bar}${texts}`;
}

/** Broken at spaces into lines of about so many letters. */
function lines(text: string, most: number): string[] {
  const found: string[] = [];
  for (const word of text.split(" ")) {
    const last = found.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found;
}
