import { expect, test } from "vitest";
import { arrangePixels, feedPixels, planPixels } from "./pixels.ts";
import { guessPreprocess, preprocessFromFlags, preprocessPresets } from "./preprocess.ts";

const { imagenet, unit, raw, signed, cifar } = preprocessPresets;
const input = (shape: (number | string | null)[], dtype: "float32" | "uint8" = "float32") => ({
  name: "x",
  dtype,
  shape,
});

test("flags override the preset, and fractions are numbers", () => {
  expect(preprocessFromFlags({ preprocess: "imagenet" })).toEqual(imagenet);
  const flags = { preprocess: "imagenet", resize: "none", scale: "1/128", mean: "1", channels: "BGR" };
  expect(preprocessFromFlags(flags)).toEqual({
    ...imagenet,
    resize: "none",
    scale: 1 / 128,
    mean: [1],
    channels: "bgr",
  });
  expect(preprocessFromFlags({ std: "2,3,4" }, cifar)).toEqual({ ...cifar, std: [2, 3, 4] });
});

test("wrong flags are named", () => {
  const wrong: [object, string][] = [
    [{ preprocess: "imagnet" }, '--preprocess: found "imagnet", expected imagenet, cifar, unit, raw, signed'],
    [{ crop: "22.4" }, '--crop: found "22.4", expected whole pixels or none'],
    [{ scale: "1/" }, "--scale"],
    [{ scale: "1/0" }, "--scale"],
    [{ mean: "1,2" }, "preprocessing mean: 2 numbers, expected 1 or 3 for rgb"],
    [{ std: "0" }, "preprocessing std: 0, expected positive"],
    [{ layout: "chw" }, '--layout: found "chw"'],
    [{ resize: "200", crop: "224" }, "expected at most the resized shorter side of 200"],
    [{ crop: "0" }, "preprocessing crop: 0"],
    [{ preprocess: "imagenet", channels: "gray" }, "preprocessing mean: 3 numbers, expected 1"],
  ];
  for (const [flags, sentence] of wrong) expect(() => preprocessFromFlags(flags)).toThrow(sentence);
});

test("the guess from a shape", () => {
  expect(guessPreprocess([1, 3, 224, 224])).toEqual({ preset: "imagenet", preprocess: imagenet });
  expect(guessPreprocess(["N", 3, "h", "w"])?.preset).toBe("imagenet");
  expect(guessPreprocess([1, 3, 299, 299])?.preprocess).toMatchObject({ resize: 342, crop: 299 });
  expect(guessPreprocess([1, 32, 32, 3])).toEqual({
    preset: "cifar",
    preprocess: { ...cifar, layout: "nhwc" },
  });
  expect(guessPreprocess([1, 1, 28, 28])?.preprocess).toEqual({ ...unit, channels: "gray" });
  expect(guessPreprocess([1, 3, 416, 416])?.preset).toBe("unit");
  expect(guessPreprocess([1, 3, 240, 320])?.preset).toBe("unit");
  expect(guessPreprocess([1, 64, 7, 7])).toBeUndefined();
  expect(guessPreprocess(["N", 48])).toBeUndefined();
});

const pixels = { width: 2, height: 1, rgb: Uint8Array.of(0, 128, 255, 10, 20, 30) };

test("x = (pixel · scale − mean) / std, by channel and layout", () => {
  const feed = (preprocess: typeof imagenet, shape: (number | null)[]) => {
    const plan = planPixels(input(shape), { ...preprocess, resize: "none", crop: "none" });
    return feedPixels([arrangePixels(pixels, plan)], 1, 2, plan);
  };
  const norm = (p: number, c: number) =>
    Math.fround((p / 255 - (imagenet.mean[c] as number)) / (imagenet.std[c] as number));
  const planar = feed(imagenet, [1, 3, 1, 2]);
  expect(planar.shape).toEqual([1, 3, 1, 2]);
  const expected = [norm(0, 0), norm(10, 0), norm(128, 1), norm(20, 1), norm(255, 2), norm(30, 2)];
  expect([...(planar.data as Float32Array)]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  const bgr = feed({ ...raw, channels: "bgr" }, [null, 3, 1, 2]);
  expect([...(bgr.data as Float32Array)]).toEqual([255, 30, 128, 20, 0, 10]);
  const last = feed({ ...signed, layout: "nhwc" }, [1, 1, 2, 3]);
  expect(last.shape).toEqual([1, 1, 2, 3]);
  expect(last.data[2]).toBe(1);
  expect(last.data[0]).toBe(-1);
  // Pillow: (r·19595 + g·38470 + b·7471 + 2^15) >> 16
  const gray = feed({ ...raw, channels: "gray" }, [1, 1, 1, 2]);
  expect([...(gray.data as Float32Array)]).toEqual([104, 18]);
});

test("uint8 inputs take whole pixels, and nothing else", () => {
  const plan = planPixels(input([1, 1, 2, 3], "uint8"), { ...raw, layout: "nhwc" });
  expect(feedPixels([arrangePixels(pixels, plan)], 1, 2, plan).data).toEqual(pixels.rgb);
  const scaled = { ...plan, preprocess: { ...unit, layout: "nhwc" as const } };
  expect(() => feedPixels([pixels.rgb], 1, 2, scaled)).toThrow(
    "expected uint8 values (try --preprocess raw)",
  );
});

test("what contradicts the input", () => {
  expect(() => planPixels(input([1, 1, 28, 28]), unit)).toThrow(
    'input "x" [1, 1, 28, 28]: 3 channels from the preprocessing (rgb, nchw), expected 1',
  );
  expect(() => planPixels(input([1, 3, 192, 192]), imagenet)).toThrow(
    "images cropped to 224×224, expected a height of 192 (--crop 192",
  );
  expect(() => planPixels(input(["N", 48]), imagenet)).toThrow("rank 2, expected an image input of rank 4");
});
