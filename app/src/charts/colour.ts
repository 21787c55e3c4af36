// The one colour scale for loss: magma on the logarithm of the divergence. Perceptually uniform and safe for colour
// blindness; it runs towards the ink in both themes, so what hurts stands out from the page.

import { magma, puOr, viridis } from "./ramps.ts";

/** Divergences at the ends of the scale; beyond them the colour stays. */
export const domain = [1e-5, 3] as const;

/** Ticks of the legend. */
export const legendTicks = [1e-4, 1e-2, 1] as const;

/** Where a divergence is on the scale, 0 to 1. Noise can make an estimate negative: that is the low end. */
export function position(divergence: number): number {
  const [low, high] = domain;
  if (!(divergence > low)) return 0;
  return Math.min(1, Math.log(divergence / low) / Math.log(high / low));
}

/** CSS colour of a place on the scale. */
export const colourAt = (place: number, dark: boolean) =>
  magma(dark ? 0.17 + 0.81 * place : 0.97 - 0.87 * place);

export const lossColour = (divergence: number, dark: boolean) => colourAt(position(divergence), dark);

/** The colour of a bit-width: viridis from narrow to wide, cut where it would fade into the page. */
export function columnColour(bits: number, dark: boolean): string {
  const place = Math.min(1, Math.max(0, (bits - 1) / 8));
  return viridis(dark ? 0.25 + 0.75 * place : 0.85 * place);
}

/** Diverging, safe for colour blindness: orange where errors add up, violet where they cancel; −1 to 1. */
export function shareColour(share: number, dark: boolean): string {
  const place = 0.5 + 0.46 * Math.sign(share) * Math.abs(share) ** 0.8;
  if (!dark) return puOr(place);
  const strength = Math.min(1, Math.abs(share)) ** 0.5;
  const [from, to] = [darkMiddle, share < 0 ? darkViolet : darkOrange];
  const mixed = from.map((value, i) => Math.round(value + strength * ((to[i] as number) - value)));
  return `rgb(${mixed.join(", ")})`;
}

// Violet and orange of the same lightness, from the surface: the light scale's middle is white.
const darkMiddle = [32, 38, 44];
const darkViolet = [169, 155, 224];
const darkOrange = [240, 160, 75];

/** The scale as a CSS gradient from left to right. */
export const gradient = (dark: boolean) =>
  `linear-gradient(to right, ${Array.from({ length: 17 }, (_, i) => colourAt(i / 16, dark)).join(", ")})`;

/** Colours of what a canvas draws besides data; the same values as in ui/tokens.css. */
export const inks = (dark: boolean) =>
  dark
    ? {
        surface: "#14181c",
        ink: "#e9edf0",
        middle: "#8e9aa5",
        quiet: "#465059",
        line: "#272e35",
        accent: "#56c8c4",
        bad: "#ff9187",
      }
    : {
        surface: "#ffffff",
        ink: "#14181d",
        middle: "#616b75",
        quiet: "#b6bec5",
        line: "#e0e3e6",
        accent: "#0b6b70",
        bad: "#ab2119",
      };
