// The colours of spectrograms and other features over time: viridis from the smallest value to the largest, whatever the theme.
// Not the scale of losses (colour.ts).

import { viridis } from "./ramps.ts";

const STEPS = 256;
let table: readonly (readonly [number, number, number, number])[] | undefined;

/** Red, green, blue and opacity, 0 to 255, of a share of the way, 0 to 1. */
export function featureColour(share: number): readonly [number, number, number, number] {
  table ??= Array.from({ length: STEPS }, (_, i) => parsed(viridis(i / (STEPS - 1))));
  const at = Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1));
  return table[at] as readonly [number, number, number, number];
}

/** The scale gives "#rrggbb" or "rgb(r, g, b)". */
function parsed(colour: string): readonly [number, number, number, number] {
  const [r = 0, g = 0, b = 0] = colour.startsWith("#")
    ? [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  return [r, g, b, 255];
}
