import { describe, expect, it } from "vitest";
import { sortDropped } from "./dropped.ts";

const file = (name: string) => new File([], name);
const names = (files: readonly File[]) => files.map(({ name }) => name);
const sorted = (...given: string[]) => {
  const { model, data } = sortDropped(given.map(file));
  return [names(model), names(data)];
};

describe("sortDropped", () => {
  it("takes a model alone", () => expect(sorted("a.onnx")).toEqual([["a.onnx"], []]));
  it("puts the model before its external data", () =>
    expect(sorted("a.onnx.data", "a.onnx", "weights.bin", "w0")).toEqual([
      ["a.onnx", "a.onnx.data", "weights.bin", "w0"],
      [],
    ]));
  it("takes data alone", () => expect(sorted("x.npz")).toEqual([[], ["x.npz"]]));
  it("takes a model with data", () =>
    expect(sorted("m/a.ONNX", "m/a.data", "val.zip", "x.csv")).toEqual([
      ["a.ONNX", "a.data"],
      ["val.zip", "x.csv"],
    ]));
  it("takes a folder of images with its class names", () =>
    expect(sorted("v/cat/1.PNG", "v/dog/2.jpeg", "v/labels.txt", "v/.DS_Store", "__MACOSX/1.png")).toEqual([
      [],
      ["v/cat/1.PNG", "v/dog/2.jpeg", "v/labels.txt"],
    ]));
  it("refuses two models, naming them", () =>
    expect(() => sorted("a.onnx", "b.onnx")).toThrow("a.onnx, b.onnx: 2 models, expected one at a time"));
  it("refuses what is neither, naming it", () => {
    expect(() => sorted("notes.txt")).toThrow(/^notes.txt: neither a model nor data, expected .onnx/);
    expect(() => sorted("yes/0.wav")).toThrow(/^yes\/0.wav: sound, expected .* an \.npz/);
    expect(sorted("x.tsv", "Thumbs.db", "set/desktop.ini")).toEqual([[], ["x.tsv"]]);
    expect(() => sorted()).toThrow(/^the drop: neither/);
  });
});
