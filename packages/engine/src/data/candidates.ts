// Preprocessings worth trying for an image input, when nobody says which it was trained with. Which of them is right, only
// the float network's accuracy can tell (judge/trying.ts).

import {
  croppedTo,
  fitPreprocess,
  guessPreprocess,
  type Preprocess,
  type PreprocessPreset,
  preprocessPresets,
} from "./images/preprocess.ts";

export interface Candidate {
  /** Absent for variants of a preset. */
  readonly preset?: PreprocessPreset;
  readonly preprocess: Preprocess;
}

type Shape = readonly (number | string | null)[];

/** Every preset that fits an input, each once: presets that differ in a crop that the input cannot take are the same. */
export function candidatesFor(shape: Shape): Candidate[] {
  const found: Candidate[] = [];
  for (const preset of Object.keys(preprocessPresets) as PreprocessPreset[]) {
    const preprocess = fitPreprocess(preset, shape);
    if (preprocess && !found.some((each) => sameKey(each.preprocess) === sameKey(preprocess))) {
      found.push({ preset, preprocess });
    }
  }
  return found;
}

/** The same numbers with channels the other way round, and with other ways to the input's size. */
export function variantsOf(best: Preprocess, shape: Shape): Candidate[] {
  const guess = guessPreprocess(shape)?.preprocess;
  if (!guess) return [];
  const [height, width] = guess.layout === "nchw" ? shape.slice(2) : shape.slice(1, 3);
  const variants: Preprocess[] = [];
  if (best.channels !== "gray") {
    const channels = best.channels === "rgb" ? "bgr" : "rgb";
    variants.push({ ...best, channels, mean: [...best.mean].reverse(), std: [...best.std].reverse() });
    if (best.mean.length > 1) variants.push({ ...best, channels });
  }
  if (typeof height === "number" && typeof width === "number" && Math.max(height, width) > 64) {
    variants.push({ ...best, resize: "none", crop: "none" });
    if (height === width) {
      variants.push({ ...best, ...croppedTo(height) }, { ...best, resize: height, crop: height });
    }
  }
  const known = new Set([sameKey(best)]);
  return variants.flatMap((preprocess) => {
    const key = sameKey(preprocess);
    if (known.has(key)) return [];
    known.add(key);
    return [{ preprocess }];
  });
}

/** Of two preprocessings, whether they do the same: one number for all channels is three of it. */
export const samePreprocess = (a: Preprocess, b: Preprocess) => sameKey(a) === sameKey(b);

function sameKey({ resize, crop, scale, mean, std, channels, layout }: Preprocess): string {
  // (p·s − m) / d is the same under any common factor.
  const spread = (values: readonly number[]) =>
    values.length === 1 && channels !== "gray" ? [values[0], values[0], values[0]] : values;
  const numbers = [
    ...spread(mean).map((m) => (m as number) / scale),
    ...spread(std).map((d) => (d as number) / scale),
  ];
  return JSON.stringify([resize, crop, numbers.map((x) => x.toPrecision(6)), channels, layout]);
}
