import { expect, test } from "vitest";
import { candidatesFor, samePreprocess, variantsOf } from "./candidates.ts";
import { planPixels } from "./images/pixels.ts";
import { preprocessPresets } from "./images/preprocess.ts";

const shapes = [
  [1, 3, 224, 224],
  ["N", 3, 32, 32],
  [1, 96, 96, 3],
  [1, 3, 240, 320],
  ["N", 1, 28, 28],
  ["N", 3, "H", "W"],
];

test.each(shapes.map((shape) => [shape]))(
  "all candidates and variants can be fed to %j, none twice",
  (shape) => {
    const input = { name: "x", dtype: "float32" as const, shape };
    const presets = candidatesFor(shape);
    expect(presets.length).toBeGreaterThanOrEqual(4);
    const all = [...presets, ...variantsOf(presets[0]?.preprocess ?? preprocessPresets.unit, shape)];
    for (const { preprocess } of all) expect(() => planPixels(input, preprocess)).not.toThrow();
    for (const [i, a] of presets.entries()) {
      for (const b of presets.slice(i + 1)) expect(samePreprocess(a.preprocess, b.preprocess)).toBe(false);
    }
  },
);

test("the same whatever the common factor, not with other channels", () => {
  const { signed, unit } = preprocessPresets;
  expect(samePreprocess(signed, { ...signed, scale: 1 / 255, mean: [0.5], std: [0.5] })).toBe(true);
  expect(samePreprocess(signed, { ...signed, mean: [127.5, 127.5, 127.5] })).toBe(true);
  expect(samePreprocess(signed, unit)).toBe(false);
  expect(samePreprocess(signed, { ...signed, channels: "bgr" })).toBe(false);
});

test("no image, no candidates", () => {
  expect(candidatesFor([1, 256])).toEqual([]);
  expect(variantsOf(preprocessPresets.unit, [1, 256])).toEqual([]);
});
