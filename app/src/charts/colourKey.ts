// What colours mean, as values: a bar of colours from left to right, a few values on it, and their unit. Drawn on the page by
// ColourBar.tsx and in a file by pictureFile.ts.

import { formatDivergence } from "../ui/numbers.ts";
import { colourAt, legendTicks, position, shareColour } from "./colour.ts";
import { powerOfTen } from "./logAxis.ts";
import { type LossScale, legendValues, placeOn } from "./lossScale.ts";

export interface ColourKey {
  /** "KL to float, nats". */
  readonly unit: string;
  /** Evenly spaced, from left to right. */
  readonly colours: readonly string[];
  readonly marks: readonly {
    /** 0 at the left end, 1 at the right. */
    readonly place: number;
    readonly text: string;
  }[];
}

const steps = 17;
const along = (colour: (place: number) => string) =>
  Array.from({ length: steps }, (_, i) => colour(i / (steps - 1)));

/** The heatmap's scale, whose ends are the same for every network. */
export const heatKey = (unit: string, dark: boolean): ColourKey => ({
  unit,
  colours: along((place) => colourAt(place, dark)),
  marks: legendTicks.map((tick) => ({ place: position(tick), text: String(tick) })),
});

/** A scale that reaches over what one picture shows, or several that are compared. */
export const lossKey = (scale: LossScale, unit: string, dark: boolean): ColourKey => ({
  unit,
  colours: along((place) => colourAt(place, dark)),
  marks: legendValues(scale).map((value) => ({ place: placeOn(scale, value), text: shortText(value) })),
});

/** A share, from nothing to all. */
export const shareKey = (unit: string, dark: boolean): ColourKey => ({
  unit,
  colours: along((place) => colourAt(place, dark)),
  marks: [0, 0.5, 1].map((place) => ({ place, text: String(place) })),
});

/** A share with a sign: violet takes away, orange adds. */
export const signedKey = (unit: string, dark: boolean): ColourKey => ({
  unit,
  colours: along((place) => shareColour(2 * place - 1, dark)),
  marks: [0, 0.5, 1].map((place) => ({ place, text: ["−1", "0", "+1"][2 * place] as string })),
});

/** As short as can be: it stands beside others. */
function shortText(value: number): string {
  const exponent = Math.log10(value);
  if (Number.isInteger(exponent)) return powerOfTen(exponent);
  if (value >= 1e4) return value.toExponential(0).replace("+", "");
  return value >= 100 ? String(Math.round(value)) : formatDivergence(value, 2);
}
