// Named bars as a drawing for a file: a row each, its value at the end of the bar, an axis below. What is on the page are rows
// that can be chosen, where there are any.

import { html } from "../ui/markup.ts";
import { inks } from "./colour.ts";
import type { Drawn } from "./pictureFile.ts";
import { ticksOf } from "./plotAxis.ts";

export interface Bar {
  readonly name: string;
  /** Length; beyond the axis the bar ends with it. Infinite is the whole axis. */
  readonly value: number;
  /** "31.2 dB": what is written at its end. */
  readonly text: string;
}

interface Asked {
  readonly bars: readonly Bar[];
  /** What the bars' length is, with its unit. */
  readonly axis: string;
  /** Value at the end of the axis. */
  readonly most: number;
  readonly dark: boolean;
}

const row = 18;
const names = { width: 232, letters: 38 } as const;
const length = 320;
const width = names.width + length + 72;
const foot = 40;

export function barsPicture({ bars, axis, most, dark }: Asked): Drawn {
  const { ink, middle, line, accent } = inks(dark);
  const bottom = bars.length * row + 4;
  const height = bottom + foot;
  const end = (value: number) => names.width + Math.min(1, Math.max(0, value / (most || 1))) * length;
  const ticks = ticksOf({ label: axis, values: [0, most], scale: "linear" }, 6).map(
    (value) =>
      html`<path d="M${end(value).toFixed(1)} 0V${bottom}" stroke="${line}"/><text x="${end(value).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${value}</text>`,
  );
  const rows = bars.map(({ name, value, text }, i) => {
    const y = i * row;
    const to = end(value);
    return html`<text x="${names.width - 8}" y="${y + 13}" text-anchor="end" fill="${ink}">${shortened(name)}</text><rect x="${names.width}" y="${y + 4}" width="${(to - names.width).toFixed(1)}" height="${row - 7}" rx="1" fill="${accent}"/><text x="${(to + 6).toFixed(1)}" y="${y + 13}">${text}</text>`;
  });
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="11" fill="${middle}">${ticks}${rows}<text x="${names.width + length / 2}" y="${bottom + 34}" text-anchor="middle">${axis}</text></svg>`;
  return { svg: svg.text, width, height };
}

const shortened = (name: string) =>
  name.length > names.letters ? `…${name.slice(1 - names.letters)}` : name;
