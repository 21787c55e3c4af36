import { type Tensor, tensor } from "@bitscape/tensor";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { checkLabels, type ModelInput } from "./dataset.ts";
import { sha256Hex } from "./digest.ts";
import { writeNpy } from "./files/npy.ts";
import { writeNpz } from "./files/npz.ts";
import { bytesSource } from "./files/source.ts";
import type { DecodedImage } from "./images/decode.ts";
import { preprocessPresets } from "./images/preprocess.ts";
import { openDataset } from "./open.ts";

const text = (content: string) => new TextEncoder().encode(content);

/** Images of these tests are two bytes of size and one of brightness; a single byte is no image. */
async function decode(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  const [width = 0, height = 0, value] = bytes;
  if (value === undefined) throw new Error(`${name}: not an image`);
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(value) };
}

const options = { name: "data", decode };
const image: ModelInput = { name: "input", dtype: "float32", shape: ["N", 3, 4, 4] };
const vector: ModelInput = { name: "x", dtype: "float32", shape: [1, 2] };
const open = (files: Record<string, Uint8Array>, inputs: ModelInput[], more: object = {}) =>
  openDataset(
    Object.entries(files).map(([name, bytes]) => bytesSource(name, bytes)),
    inputs,
    { ...options, ...more },
  );
const values = (feed: Tensor | undefined) => Array.from(feed?.data ?? [], Number);

const x = tensor("float16", [3, 2], [1, 2, 3, 4, 5, 6]);
const t = tensor("int32", [3], [7, 8, 9]);
const time: ModelInput = { name: "t", dtype: "int64", shape: [1] };

test("npz: inputs by name, cast, with labels and targets", async () => {
  const labels = tensor("int64", [3, 2], [0, 1, -1, 2, 3, 4]);
  const npz = writeNpz({ t, x, labels, targets: tensor("float64", [3, 1], [1, 2, 3]) });
  const data = await open({ "d.npz": npz }, [vector, time]);
  expect(data).toMatchObject({ kind: "real", size: 3, labelShape: [2], oneAtATime: false, skipped: [] });
  expect(data.labels).toEqual(Int32Array.of(0, 1, -1, 2, 3, 4));
  expect(data.targets).toEqual(tensor("float32", [3, 1], [1, 2, 3]));
  expect(data.digest).toBe(await sha256Hex(npz));
  const feeds = await data.batch([2, 0]);
  expect(feeds).toEqual({ x: tensor("float32", [2, 2], [5, 6, 1, 2]), t: tensor("int64", [2], [9, 7]) });
  await expect(data.batch([3])).rejects.toThrow("data: sample 3, expected within [0, 3)");
});

test("a single input takes the only array, whatever its name", async () => {
  const data = await open({ "d.npz": writeNpz({ arr_0: x, labels: t }) }, [vector]);
  expect(values((await data.batch([1])).x)).toEqual([3, 4]);
  const own = await open({ "any name.npy": writeNpy(x) }, [vector]);
  expect(own.size).toBe(3);
  expect(own.labels).toBeUndefined();
});

test("arrays of several .npy files and of a zip of them", async () => {
  const files = { "d/x.npy": writeNpy(x), "d/t.npy": writeNpy(t), "d/labels.npy": writeNpy(t) };
  const data = await open(files, [vector, time]);
  expect(values((await data.batch([0])).t)).toEqual([7]);
  expect([...(data.labels as Int32Array)]).toEqual([7, 8, 9]);
  const wrapped = zipSync({ "readme.txt": text("hi"), "d.npz": writeNpz({ x, t }) });
  expect((await open({ "w.zip": wrapped }, [vector, time])).size).toBe(3);
});

test("what does not match is a sentence with the input, found and expected", async () => {
  const npz = (arrays: Record<string, Tensor>) => ({ "d.npz": writeNpz(arrays) });
  const rejects = (files: Record<string, Uint8Array>, inputs: ModelInput[], sentence: string) =>
    expect(open(files, inputs)).rejects.toThrow(sentence);
  await rejects(npz({ x, t }), [vector, image], 'd.npz: arrays x, t, expected one named "input"');
  await rejects(npz({ x }), [image], 'input "input" from d.npz: shape [3, 2], expected [samples, 3, 4, 4]');
  await rejects(npz({ x, t: tensor("int32", [2], [1, 2]) }), [vector, time], '2 samples of "t", expected 3');
  await rejects(npz({ x, labels: tensor("int8", [2], [1, 2]) }), [vector], "2 samples of labels, expected 3");
  await rejects(npz({ x, labels: tensor("float32", [3], [1, 2, 0.5]) }), [vector], "label 0.5 at 2");
  const ids = { ...vector, dtype: "int64" as const };
  await rejects(npz({ x: tensor("float32", [1, 2], [1, 1.5]) }), [ids], "1.5 at 1, expected int64 values");
  const bytes = { ...vector, dtype: "uint8" as const };
  await rejects(npz({ x: tensor("int16", [1, 2], [1, 256]) }), [bytes], "256 at 1, expected uint8 values");
  await rejects(npz({ x: tensor("float32", [0, 2], []) }), [vector], "d.npz: no samples");
  await rejects(npz({ x }), [{ ...vector, dtype: "string" }], "the network takes string");
});

test("per-sample arrays of an input without a batch axis go one at a time", async () => {
  const state: ModelInput = { name: "state", dtype: "float32", shape: [2, "b", 3] };
  const array = tensor("float32", [2, 2, 1, 3], [...Array(12).keys()]);
  const data = await open({ "s.npz": writeNpz({ state: array }) }, [state]);
  expect(data.oneAtATime).toBe(true);
  expect((await data.batch([1])).state).toEqual(tensor("float32", [2, 1, 3], [6, 7, 8, 9, 10, 11]));
  await expect(data.batch([0, 1])).rejects.toThrow("an input has no batch axis");
  // A batch axis of one within the sample is dropped instead.
  const boxed = await open({ "x.npy": writeNpy(tensor("float32", [2, 1, 2], [1, 2, 3, 4])) }, [vector]);
  expect((await boxed.batch([1, 0])).x).toEqual(tensor("float32", [2, 2], [3, 4, 1, 2]));
});

test("--labels for arrays", async () => {
  const npz = { "d.npz": writeNpz({ x, labels: t }) };
  const given = async (name: string, bytes: Uint8Array) =>
    (await open(npz, [vector], { labels: bytesSource(name, bytes) })).labels;
  expect(await given("l.csv", text("sample,label\na,1\nb,2\nc,3"))).toEqual(Int32Array.of(1, 2, 3));
  expect(await given("l.txt", text("4\n5\n6\n"))).toEqual(Int32Array.of(4, 5, 6));
  expect(await given("l.npy", writeNpy(tensor("uint8", [3, 1], [7, 8, 9])))).toEqual(Int32Array.of(7, 8, 9));
  await expect(given("l.txt", text("4\nx\n6"))).rejects.toThrow('l.txt, sample 2: label "x"');
});

const gray = (value: number, side = 4) => Uint8Array.of(side, side, value);
const raw = { preprocess: preprocessPresets.raw };

test("a zip of class folders; unreadable images are skipped, counted and named", async () => {
  const zip = zipSync({
    "d/cat/1.jpg": gray(10),
    "d/cat/2.jpg": Uint8Array.of(1),
    "d/dog/1.png": gray(30),
    "d/dog/2.JPEG": gray(40),
    "__MACOSX/d/dog/._2.JPEG": gray(99),
  });
  const progress: number[] = [];
  const onProgress = (done: number, total: number) => progress.push(done, total);
  const data = await open({ "p.zip": zip }, [image], { ...raw, onProgress });
  expect(data.sampleNames).toEqual(["d/cat/1.jpg", "d/dog/1.png", "d/dog/2.JPEG"]);
  expect(data.skipped).toEqual([{ name: "d/cat/2.jpg", reason: "not an image" }]);
  expect(data.labels).toEqual(Int32Array.of(0, 1, 1));
  expect(data.classes).toEqual(["cat", "dog"]);
  expect(progress.slice(-2)).toEqual([4, 4]);
  const feed = (await data.batch([2, 0])).input as Tensor;
  expect(feed.shape).toEqual([2, 3, 4, 4]);
  expect([feed.data[0], feed.data[48]]).toEqual([40, 10]);
});

test("flat images with labels.csv beside a zip, and the digest of several files", async () => {
  const zip = zipSync({ "a.png": gray(1), "b.png": gray(2) });
  const csv = text("file,label\nb.png,5\na.png,6");
  const data = await open({ "p.zip": zip, "labels.csv": csv }, [image], raw);
  expect(data.labels).toEqual(Int32Array.of(5, 6));
  const listing = `${await sha256Hex(csv)}  labels.csv\n${await sha256Hex(zip)}  p.zip\n`;
  expect(data.digest).toBe(await sha256Hex(text(listing)));
  expect(checkLabels(data, 6)).toBe("labels: found class 6 in a.png, expected below the network's 6 classes");
  expect(checkLabels(data, 7)).toBeUndefined();
});

test("images beyond the cache are decoded again, to the same numbers", async () => {
  const files = { "a.png": gray(1), "b.png": gray(2), "c.png": gray(3) };
  let decoded = 0;
  const counting = (bytes: Uint8Array, name: string) => {
    decoded++;
    return decode(bytes, name);
  };
  const data = await open(files, [image], { ...raw, decode: counting, cacheBytes: 100 });
  expect(decoded).toBe(3);
  const feed = (await data.batch([0, 1, 2])).input as Tensor;
  expect([feed.data[0], feed.data[48], feed.data[96]]).toEqual([1, 2, 3]);
  expect(decoded).toBe(4);
});

test("images of different sizes need something to make them alike", async () => {
  const files = { "a.png": gray(1, 4), "b.png": gray(2, 8) };
  const free: ModelInput = { ...image, shape: ["N", 3, "h", "w"] };
  await expect(open(files, [free], raw)).rejects.toThrow("images of 4×4 and 8×8 (b.png), expected one size");
  const fitted = await open(files, [image], raw);
  expect((await fitted.batch([0, 1])).input?.shape).toEqual([2, 3, 4, 4]);
  const cropped = await open(files, [free], { preprocess: { ...preprocessPresets.raw, crop: 6 } });
  expect(cropped.skipped).toEqual([
    { name: "a.png", reason: "4×4 pixels, expected at least the crop of 6×6" },
  ]);
  expect((await cropped.batch([0])).input?.shape).toEqual([1, 3, 6, 6]);
});

test("images that cannot be used at all", async () => {
  await expect(open({ "a.png": Uint8Array.of(1) }, [image], raw)).rejects.toThrow(
    "data: 1 images, none usable (a.png: not an image), expected at least one",
  );
  await expect(open({ "a.png": gray(1) }, [image, vector])).rejects.toThrow("images for 2 inputs (input, x)");
});

test("opening images can be stopped", async () => {
  const stop = new AbortController();
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.png`, gray(i)]));
  const onProgress = (done: number) => done === 5 && stop.abort();
  const opening = open(files, [image], { ...raw, onProgress, signal: stop.signal });
  await expect(opening).rejects.toThrow("abort");
});

test("csv: columns by input, indexed columns, lists in cells, any columns of a single input", async () => {
  const read = async (csv: string, inputs: ModelInput[]) => {
    const data = await open({ "d.csv": text(csv) }, inputs);
    return [await data.batch([0, 1]), data.labels && [...data.labels]] as const;
  };
  const scalar: ModelInput = { name: "t", dtype: "int64", shape: ["N"] };
  const expected = { x: tensor("float32", [2, 2], [1, 2, 3, 4]), t: tensor("int64", [2], [5, 6]) };
  expect(await read("x_1,x_0,t,label\n2,1,5,0\n4,3,6,1\n", [vector, scalar])).toEqual([expected, [0, 1]]);
  expect(await read('x,t\n"[1, 2]",5\n3 4,6', [vector, scalar])).toEqual([expected, undefined]);
  expect(await read("sepal,petal,label\n1,2,0\n3,4,1", [vector])).toEqual([{ x: expected.x }, [0, 1]]);
  const ids: ModelInput = { name: "ids", dtype: "int64", shape: ["N", "seq"] };
  expect((await read("ids\n1 2 3\n4 5 6", [ids]))[0].ids?.shape).toEqual([2, 3]);
  await expect(read("ids\n1 2 3\n4 5", [ids])).rejects.toThrow(
    "d.csv, sample 2, ids: shape [2], expected [3]",
  );
  await expect(read("x0,x1\n1,2\n1,oops", [vector])).rejects.toThrow('d.csv, sample 2, x1: "oops"');
});

test("tables of other habits: tabs, bars, semicolons with decimal commas; never two numbers for one", async () => {
  const read = async (name: string, csv: string) => {
    const data = await open({ [name]: text(csv) }, [vector]);
    return [values((await data.batch([0, 1])).x), [...(data.labels ?? [])]];
  };
  const expected = [
    [1.5, -2, 3, 0.25],
    [0, 1],
  ];
  expect(await read("d.tsv", "x0\tx1\tlabel\n1.5\t-2\t0\n3\t0.25\t1")).toEqual(expected);
  expect(await read("d.csv", "x0|x1|label\n1.5|-2|0\n3|0.25|1")).toEqual(expected);
  expect(await read("d.csv", "x0;x1;label\n1,5;-2;0\n3;,25;1")).toEqual(expected);
  expect(await read("d.csv", "x0,x1,y\n1.5,-2,0\n3,0.25,1")).toEqual(expected);
  await expect(read("d.csv", "x0;x1\n1 2;3\n4;5")).rejects.toThrow(
    'd.csv, sample 1, x0: "1 2", expected one number, as there is a column for each',
  );
});

test("habits of arrays that are not the network's are told from wrong ones", async () => {
  const picture = tensor("float32", [2, 4, 4, 3], Array(96).fill(0));
  await expect(open({ "d.npz": writeNpz({ input: picture }) }, [image])).rejects.toThrow(
    "shape [2, 4, 4, 3], expected [samples, 3, 4, 4], channels first",
  );
  const xy = await open({ "d.npz": writeNpz({ X: x, y: t }) }, [vector]);
  expect([values((await xy.batch([1])).x), [...(xy.labels ?? [])]]).toEqual([
    [3, 4],
    [7, 8, 9],
  ]);
  await expect(open({ "d.jsonl": text('{"text":"a nice film","label":1}') }, [vector, time])).rejects.toThrow(
    'd.jsonl: text as text and no numbers, expected one named "x" as the network\'s input',
  );
});

test("jsonl: nested arrays, flat ones of the input's size, and lines that are neither", async () => {
  const lines = (...records: object[]) => ({
    "d.jsonl": text(`${records.map((record) => JSON.stringify(record)).join("\n")}\n`),
  });
  const grid: ModelInput = { name: "g", dtype: "float32", shape: [1, 2, 2] };
  const nested = await open(
    lines(
      {
        g: [
          [1, 2],
          [3, 4],
        ],
        label: 1,
        id: "a",
      },
      {
        g: [
          [5, 6],
          [7, 8],
        ],
        label: 0,
      },
    ),
    [grid],
  );
  expect((await nested.batch([1])).g).toEqual(tensor("float32", [1, 2, 2], [5, 6, 7, 8]));
  expect([...(nested.labels as Int32Array)]).toEqual([1, 0]);
  const flat = await open(lines({ g: [1, 2, 3, 4] }), [grid]);
  expect((await flat.batch([0])).g).toEqual(tensor("float32", [1, 2, 2], [1, 2, 3, 4]));
  const wrong: [Record<string, Uint8Array>, string][] = [
    [lines({ g: [[1, 2], [3]] }), "d.jsonl, line 1, g: [3], expected numbers in rows of equal length"],
    [lines({ g: [1, 2, 3, 4] }, { g: [1, 2, 3, 4], h: 1 }, {}), 'd.jsonl, line 3: no "g"'],
    [lines({ g: [1, 2, 3, 4] }, { g: [1, 2, 3, 4], label: 1 }), 'd.jsonl, line 2: has "label"'],
    [lines({ g: "text" }), "expected numbers"],
    [{ "d.jsonl": text("{oops") }, "d.jsonl, line 1: "],
    [{ "d.jsonl": text("[1]") }, "expected an object"],
    [{ "d.jsonl": text("\n") }, "no samples"],
  ];
  for (const [files, sentence] of wrong) await expect(open(files, [grid])).rejects.toThrow(sentence);
});

test("files of no known kind", async () => {
  await expect(open({ "a.pdf": text("x") }, [vector])).rejects.toThrow(
    "data: a.pdf, expected one kind of .npz, .npy, .csv, .tsv, .jsonl, images, or a zip of one of these",
  );
  await expect(open({}, [vector])).rejects.toThrow("data: no files");
  const mixed = { "a.png": gray(1), "b.npz": writeNpz({ x }) };
  await expect(open(mixed, [vector])).rejects.toThrow("data: a.png, b.npz, expected one kind");
  // A name without an extension is opened by its content.
  expect((await open({ download: writeNpz({ x }) }, [vector])).size).toBe(3);
});
