// Preprocessing as text in fields and back: fractions, lists, "none". The meaning is the engine's.

import { type Preprocess, preprocessPresets } from "@bitscape/engine";

export type PresetName = keyof typeof preprocessPresets;

export const presetTexts: Readonly<Record<PresetName, string>> = {
  imagenet: "ImageNet: resize 256, crop 224, normalised",
  cifar: "CIFAR: normalised, no resize",
  unit: "0 to 1",
  signed: "−1 to 1",
  raw: "0 to 255",
};

/** The preset whose numbers these are, whatever the layout; undefined where they are of their own. */
export function presetNameOf(preprocess: Preprocess): PresetName | undefined {
  const facts = ({ resize, crop, scale, mean, std, channels }: Preprocess) =>
    JSON.stringify([resize, crop, scale, mean, std, channels]);
  return (Object.keys(presetTexts) as PresetName[]).find(
    (name) => facts(preprocessPresets[name]) === facts(preprocess),
  );
}

/** "0.5", "1/255"; NaN where it is neither. */
export function readNumber(text: string): number {
  const [top, bottom = "1", more] = text.split("/").map((part) => part.trim());
  if (!top || !bottom || more !== undefined) return Number.NaN;
  const value = Number(top) / Number(bottom);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** "0.485, 0.456, 0.406": one number or one a channel; null where that is not what it says. */
export function readNumbers(text: string, channels: number): number[] | null {
  const values = text.split(",").map(readNumber);
  return (values.length === 1 || values.length === channels) && values.every(Number.isFinite) ? values : null;
}

/** Whole pixels or "none"; null for anything else. */
export function readPixels(text: string): number | "none" | null {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "" || trimmed === "none") return "none";
  return /^[1-9]\d{0,4}$/.test(trimmed) ? Number(trimmed) : null;
}

/** A number as it would be typed: a reciprocal of a whole number as a fraction. */
export function writeNumber(value: number): string {
  const inverse = 1 / value;
  const whole = Math.round(inverse);
  return whole > 1 && Math.abs(inverse - whole) < 1e-9 * whole
    ? `1/${whole}`
    : String(Number(value.toPrecision(6)));
}

export const writeNumbers = (values: readonly number[]) =>
  values.map((value) => String(Number(value.toPrecision(6)))).join(", ");
