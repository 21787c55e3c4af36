import { expect, it } from "vitest";
import { asideOf } from "./aside.ts";

it("tells labels, names and words from data and recipes", () => {
  expect(asideOf("val.coarse7.csv", "file,label\na.jpg,3\n")).toBe("labels");
  expect(asideOf("labels.csv", "a.jpg,3\n")).toBe("labels");
  expect(asideOf("labels.txt", "cat\ndog\n")).toBe("labels");
  expect(asideOf("imagenet_class_index.json", '{"0": ["n01440764", "tench"]}')).toBe("outputs");
  expect(asideOf("synset_words.txt", "n01440764 tench")).toBe("outputs");
  expect(asideOf("a/vocab.txt", "[PAD]")).toBe("words");
  expect(asideOf("tokenizer.json", "{")).toBe("words");
  // A table of samples, a recipe, a network.
  expect(asideOf("samples.csv", "x_0,x_1,label\n1,2,0\n")).toBeNull();
  expect(asideOf("classes.json", '{"schema": "bitscape/recipe/1"}')).toBeNull();
  expect(asideOf("net.onnx", "")).toBeNull();
  expect(asideOf("train.zip", "")).toBeNull();
});
