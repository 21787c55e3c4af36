// Preprocessing as text in fields and back: fractions, lists, "none". The meaning is the engine's.

import {
  candidatesFor,
  fitPreprocess,
  type Preprocess,
  preprocessPresets,
  samePreprocess,
} from "@bitscape/engine";

export type PresetName = keyof typeof preprocessPresets;

export const presetTexts: Readonly<Record<PresetName, string>> = {
  imagenet: "ImageNet: resized, cropped, normalised",
  cifar: "ImageNet’s numbers, not cropped",
  unit: "0 to 1",
  raw: "0 to 255",
  signed: "−1 to 1",
  cifar10: "CIFAR-10’s own numbers",
  caffe: "Caffe: blue first, mean subtracted",
  mnist: "MNIST: normalised",
};

type Shape = readonly (number | string | null)[];

/** The presets that an input can take, each as it takes it. */
export const presetsFor = (shape: Shape) =>
  candidatesFor(shape).map(({ preset, preprocess }) => ({ name: preset as PresetName, preprocess }));

/** The preset whose numbers these are, as an input of this shape takes it; undefined where they are of their own. */
export function presetNameOf(preprocess: Preprocess, shape: Shape = []): PresetName | undefined {
  return (Object.keys(presetTexts) as PresetName[]).find((name) => {
    const { layout } = preprocess;
    const fitted = fitPreprocess(name, shape) ?? preprocessPresets[name];
    return samePreprocess({ ...fitted, layout }, preprocess);
  });
}

/** What a variant of a preset is called: what it does, in a few words. */
export function describe({ resize, crop, scale, mean, std, channels }: Preprocess): string {
  const size =
    crop === "none"
      ? resize === "none"
        ? "stretched"
        : `resized to ${resize}`
      : `${resize === "none" ? "" : `resized to ${resize}, `}cropped to ${crop}`;
  const order = { rgb: "", bgr: "blue first, ", gray: "gray, " }[channels];
  return `${order}${size}, (${scale === 1 ? "x" : `x·${writeNumber(scale)}`} − ${short(mean)}) / ${short(std)}`;
}

const short = (values: readonly number[]) => {
  const text = values.map((value) => String(Number(value.toPrecision(3))));
  return values.length > 1 ? `(${text.join(" ")})` : text.join("");
};

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
