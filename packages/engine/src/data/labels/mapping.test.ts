import { expect, test } from "vitest";
import { memoryDataset } from "../../testing/data.ts";
import type { Dataset } from "../dataset.ts";
import { namesIn, parseClassList } from "./classes.ts";
import { labelRows, mappingText, withMapping, withoutLabels } from "./mapping.ts";

const data = (labels: number[], more: Partial<Dataset> = {}) =>
  memoryDataset(
    { x: { dtype: "float32", shape: [labels.length, 1], data: new Float32Array(labels.length) } },
    { labels: Int32Array.from(labels), labelShape: [], ...more },
  );

test("rows: what the data call their classes, and how often they occur; -1 is none", () => {
  const animals = data([1, 0, 1, -1, 1], { classes: ["cat", "dog"] });
  expect(labelRows(animals)).toEqual([
    { label: "cat", index: 0, count: 1 },
    { label: "dog", index: 1, count: 3 },
  ]);
  expect(labelRows(data([7, 7]))).toEqual([{ label: "7", index: 7, count: 2 }]);
  expect(labelRows(data([1, 2, 3, 4], { labelShape: [2] }))).toBeNull();
  expect(labelRows(withoutLabels(animals))).toBeNull();
});

test("labels become outputs, and their names go with them", () => {
  const animals = data([1, 0, 1, -1], { classes: ["cat", "dog"] });
  const mapped = withMapping(animals, { to: { cat: 3, dog: 1 }, origin: "given" });
  expect([...(mapped.labels ?? [])]).toEqual([1, 3, 1, -1]);
  expect(mapped.classes).toEqual(["", "dog", "", "cat"]);
  const named = withMapping(animals, { to: { cat: -1 }, origin: "given" }, ["a", "b"]);
  expect([...(named.labels ?? [])]).toEqual([1, -1, 1, -1]);
  expect(named.classes).toEqual(["a", "b"]);
  // The data themselves stay as they were read.
  expect([...(animals.labels ?? [])]).toEqual([1, 0, 1, -1]);
});

test("a mapping that does not fit the data is refused in a sentence", () => {
  const animals = data([1, 0], { classes: ["cat", "dog"] });
  const to = (map: Record<string, number>) => () => withMapping(animals, { to: map, origin: "given" });
  expect(to({ cow: 1 })).toThrow('label mapping: "cow", expected one of the data\'s labels, such as "cat"');
  expect(to({ cat: 0.5 })).toThrow('label mapping: 0.5 for "cat", expected an output\'s index from 0, or -1');
  expect(to({ constructor: 1 })).toThrow('"constructor"');
});

test("what is saved is read back as labels.txt", () => {
  const text = mappingText([
    { label: "cat", output: 281 },
    { label: "hot dog", output: 934 },
  ]);
  const { indices } = parseClassList(text, ["cat", "hot dog"], "labels.txt");
  expect([...indices]).toEqual([
    ["cat", 281],
    ["hot dog", 934],
  ]);
});

test("names of outputs: a line each, or JSON by index", () => {
  expect(namesIn("cat\ndog\n", "n.txt")).toEqual(["cat", "dog"]);
  expect(namesIn('{"1": ["n02", "dog"], "0": ["n01", "cat"]}', "n.json")).toEqual(["cat", "dog"]);
  expect(namesIn('["cat", "dog"]', "n.json")).toEqual(["cat", "dog"]);
  expect(() => namesIn("[1, 2]", "n.json")).toThrow("n.json: no names by index");
  expect(() => namesIn("{", "n.json")).toThrow("n.json: not JSON");
  expect(() => namesIn("", "n.txt")).toThrow("n.txt: empty");
});
