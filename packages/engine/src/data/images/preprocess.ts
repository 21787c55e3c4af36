// From decoded pixels to a network's input: the presets and flags of `--preprocess`, and the guess from an input's shape.
// The pixels' geometry is resize.ts; here are the numbers: x = (pixel · scale − mean) / std.

export interface Preprocess {
  /** Shorter side after resizing, pixels. */
  readonly resize: number | "none";
  /** Side of the centred square, pixels. "none": where the network fixes height and width, the whole image is
   * stretched to exactly those, in one step from the original and whatever `resize` says. */
  readonly crop: number | "none";
  readonly scale: number;
  /** One for all channels or one apiece, in the order they are fed (`bgr`: blue first). */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** `gray`: one channel, ITU-R 601 luma in Pillow's 16-bit arithmetic. */
  readonly channels: "rgb" | "bgr" | "gray";
  readonly layout: "nchw" | "nhwc";
}

const whole = { resize: "none", crop: "none", channels: "rgb", layout: "nchw" } as const;
const imagenetPixels = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

export type PreprocessPreset =
  | "imagenet"
  | "cifar"
  | "unit"
  | "raw"
  | "signed"
  | "cifar10"
  | "caffe"
  | "mnist";

export const preprocessPresets: Record<PreprocessPreset, Preprocess> = {
  imagenet: { ...whole, ...imagenetPixels, resize: 256, crop: 224 },
  /** The same numbers, pixels where they are. */
  cifar: { ...whole, ...imagenetPixels },
  /** 0 to 1. */
  unit: { ...whole, scale: 1 / 255, mean: [0], std: [1] },
  /** 0 to 255. */
  raw: { ...whole, scale: 1, mean: [0], std: [1] },
  /** −1 to 1. */
  signed: { ...whole, scale: 1, mean: [127.5], std: [127.5] },
  /** CIFAR-10's own statistics, as most of its training scripts have them (standard deviations of single images). */
  cifar10: { ...whole, scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
  /** Blue first, ImageNet's mean subtracted, 0 to 255: networks that came by way of Caffe. */
  caffe: {
    ...whole,
    ...{ resize: 256, crop: 224, scale: 1, mean: [103.939, 116.779, 123.68], std: [1], channels: "bgr" },
  },
  mnist: { ...whole, scale: 1 / 255, mean: [0.1307], std: [0.3081], channels: "gray" },
};

/** The flags of the command line, as they are written. */
export interface PreprocessFlags {
  readonly preprocess?: string | undefined;
  readonly resize?: string | undefined;
  readonly crop?: string | undefined;
  readonly scale?: string | undefined;
  readonly mean?: string | undefined;
  readonly std?: string | undefined;
  readonly channels?: string | undefined;
  readonly layout?: string | undefined;
}

/**
 * Preprocessing from flags, each overriding the preset; without `--preprocess` they override `base`.
 * Numbers may be fractions (`1/255`).
 * @throws a sentence naming the flag
 */
export function preprocessFromFlags(
  flags: PreprocessFlags,
  base: Preprocess = preprocessPresets.unit,
): Preprocess {
  const presets = Object.keys(preprocessPresets) as PreprocessPreset[];
  const from =
    flags.preprocess === undefined
      ? base
      : preprocessPresets[oneOf("--preprocess", flags.preprocess, presets)];
  return checkPreprocess({
    resize: flags.resize === undefined ? from.resize : pixels("--resize", flags.resize),
    crop: flags.crop === undefined ? from.crop : pixels("--crop", flags.crop),
    scale: flags.scale === undefined ? from.scale : number("--scale", flags.scale),
    mean: flags.mean === undefined ? from.mean : numbers("--mean", flags.mean),
    std: flags.std === undefined ? from.std : numbers("--std", flags.std),
    channels:
      flags.channels === undefined
        ? from.channels
        : oneOf("--channels", flags.channels, ["rgb", "bgr", "gray"] as const),
    layout:
      flags.layout === undefined ? from.layout : oneOf("--layout", flags.layout, ["nchw", "nhwc"] as const),
  });
}

/** The same preprocessing, or a sentence where its numbers cannot be used together. */
export function checkPreprocess(preprocess: Preprocess): Preprocess {
  const count = preprocess.channels === "gray" ? 1 : 3;
  for (const name of ["mean", "std"] as const) {
    const values = preprocess[name];
    if (values.length !== 1 && values.length !== count) {
      throw new Error(
        `preprocessing ${name}: ${values.length} numbers, expected 1 or ${count} for ${preprocess.channels}`,
      );
    }
    if (!values.every((value) => Number.isFinite(value) && (name === "mean" || value > 0))) {
      throw new Error(
        `preprocessing ${name}: ${values.join(", ")}, expected ${name === "mean" ? "finite" : "positive"} numbers`,
      );
    }
  }
  for (const name of ["resize", "crop"] as const) {
    const side = preprocess[name];
    if (side !== "none" && (!Number.isInteger(side) || side < 1 || side > 16384)) {
      throw new Error(`preprocessing ${name}: ${side}, expected none or whole pixels from 1 to 16384`);
    }
  }
  const { resize, crop } = preprocess;
  if (resize !== "none" && crop !== "none" && crop > resize) {
    throw new Error(
      `preprocessing crop: ${crop} pixels, expected at most the resized shorter side of ${resize}`,
    );
  }
  return preprocess;
}

export interface PreprocessGuess {
  readonly preset: PreprocessPreset;
  readonly preprocess: Preprocess;
}

/**
 * A guess from an image input's shape (batch first), undefined where it is no image's (rank 4 with 1 or 3 channels).
 * One channel: `unit`, gray. Three: up to 64 pixels `cifar`; squares of 160 to 384 `imagenet` with its ratio of
 * resize to crop (256/224), as for symbolic sizes; other sizes, which detectors have, `unit`, stretched to fit.
 * Only the float accuracy on labelled data can confirm it.
 */
export function guessPreprocess(shape: readonly (number | string | null)[]): PreprocessGuess | undefined {
  if (shape.length !== 4) return undefined;
  const isCount = (dim: number | string | null | undefined) => dim === 3 || dim === 1;
  const layout = isCount(shape[1]) ? "nchw" : isCount(shape[3]) ? "nhwc" : undefined;
  if (!layout) return undefined;
  const [count, height, width] = layout === "nchw" ? shape.slice(1) : [shape[3], shape[1], shape[2]];
  const guess = (preset: PreprocessPreset, change: Partial<Preprocess> = {}): PreprocessGuess => ({
    preset,
    preprocess: { ...preprocessPresets[preset], layout, ...change },
  });
  if (count === 1) return guess("unit", { channels: "gray" });
  if (typeof height !== "number" || typeof width !== "number") return guess("imagenet");
  if (Math.max(height, width) <= 64) return guess("cifar");
  if (height !== width || height < 160 || height > 384) return guess("unit");
  return guess("imagenet", croppedTo(height));
}

/** ImageNet's ratio of resize to crop, for another side. */
export const croppedTo = (side: number) => ({ resize: Math.round((side * 256) / 224), crop: side });

/**
 * A preset as an image input of this shape can take it: its layout and channels, its crop at the input's size where it crops.
 * Undefined where the shape is no image's, or has another number of channels than the preset can give.
 */
export function fitPreprocess(
  preset: PreprocessPreset,
  shape: readonly (number | string | null)[],
): Preprocess | undefined {
  const guess = guessPreprocess(shape)?.preprocess;
  if (!guess) return undefined;
  const from = preprocessPresets[preset];
  const gray = guess.channels === "gray";
  // One number serves any channel; three, or one made for gray alone, do not.
  if (gray ? from.mean.length > 1 : from.channels === "gray") return undefined;
  const [height, width] = guess.layout === "nchw" ? shape.slice(2) : shape.slice(1, 3);
  const fixed = typeof height === "number" && typeof width === "number";
  const crop = from.crop === "none" || !fixed ? {} : height === width ? croppedTo(height) : uncropped;
  return { ...from, layout: guess.layout, ...(gray && { channels: "gray" as const }), ...crop };
}

const uncropped = { resize: "none", crop: "none" } as const;

function oneOf<T extends string>(flag: string, text: string, names: readonly T[]): T {
  const name = names.find((candidate) => candidate === text.toLowerCase());
  if (!name) throw new Error(`${flag}: found "${text}", expected ${names.join(", ")}`);
  return name;
}

function pixels(flag: string, text: string): number | "none" {
  if (text.toLowerCase() === "none") return "none";
  if (!/^\d+$/.test(text.trim())) throw new Error(`${flag}: found "${text}", expected whole pixels or none`);
  return Number(text);
}

function number(flag: string, text: string): number {
  const [top, bottom = "1", more] = text.split("/").map((part) => part.trim());
  const value = top && bottom && more === undefined ? Number(top) / Number(bottom) : Number.NaN;
  if (!Number.isFinite(value))
    throw new Error(`${flag}: found "${text}", expected a number such as 0.5 or 1/255`);
  return value;
}

function numbers(flag: string, text: string): number[] {
  return text.split(",").map((part) => number(flag, part));
}
