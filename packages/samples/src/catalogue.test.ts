// What the catalogue promises about itself; that the files do what it says is measured by the engine's tests.

import { expect, it } from "vitest";
import { sampleNamed, samples } from "./catalogue.ts";

it.each(samples)("$name is complete", (sample) => {
  expect(sample.file).toBe(`samples/${sample.name}.onnx`);
  expect(sample.preprocess.mean).toHaveLength(3);
  expect(sample.preprocess.std).toHaveLength(3);
  expect(sample.floatTop1).toBeGreaterThan(0.9);
  expect(sample.floatTop1).toBeLessThan(0.99);
});

it("finds a sample by name and says which there are otherwise", () => {
  expect(sampleNamed("shapes-mobile")).toBe(samples[1]);
  expect(() => sampleNamed("alexnet")).toThrow(
    "sample alexnet: not bundled, expected shapes-resnet or shapes-mobile",
  );
});
