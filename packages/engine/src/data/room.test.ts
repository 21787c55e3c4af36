// The engine's calls about data, on a network whose answers are known: the class of a picture is its strongest channel.

import { build, encodeModel } from "@bitscape/graph";
import { expect, test } from "vitest";
import { Studio } from "../studio.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import type { DataRequest, SamplePage, TriedPreprocess } from "./calls.ts";
import { preprocessPresets } from "./index.ts";

const side = 8;
const idle = () => {};

/** Means of the channels; the first operator keeps the last from being the input's own quantizer. */
function strongestChannel(): File {
  const { node, value } = build;
  const nodes = [
    node("GlobalAveragePool", ["x"], ["p"], {}, "pool"),
    node("Flatten", ["p"], ["y"], {}, "flat"),
  ];
  const inputs = [value("x", "float32", ["N", 3, side, side])];
  const outputs = [value("y", "float32", ["N", 3])];
  return new File([encodeModel(build.model(build.graph({ nodes, inputs, outputs }), 17))], "strongest.onnx");
}

/** Pictures of one colour, in a folder for each; their bytes are that colour. */
function pictures(folders: readonly string[], count: number): File[] {
  return folders.flatMap((folder, label) =>
    Array.from({ length: count }, (_, i) => {
      const rgb = [40, 50, 60].map((least, channel) => least + (channel === label ? 150 : i));
      return new File([Uint8Array.from(rgb)], `set/${folder}/${i}.png`);
    }),
  );
}

async function opened(
  request: DataRequest,
): Promise<{ studio: Studio; summary: Awaited<ReturnType<Studio["openData"]>> }> {
  let decoded = 0;
  const studio = new Studio({
    runtime: wasmRuntime,
    decode: async (bytes) => {
      decoded++;
      const rgb = Uint8Array.from({ length: 3 * side * side }, (_, i) => bytes[i % 3] as number);
      return { rgb, width: side, height: side };
    },
    heapBytes: () => decoded,
  });
  await studio.openModel([strongestChannel()], {}, idle);
  return { studio, summary: await studio.openData("data", request, idle) };
}

const colours = ["a-red", "b-green", "c-blue"];
const files = pictures(colours, 10);
const asRgb: DataRequest = { kind: "files", files, preprocess: preprocessPresets.unit };

test("looks at a page: pictures at once, answers after; the wrong ones by themselves", async () => {
  const { studio } = await opened({ ...asRgb, preprocess: preprocessPresets.raw });
  const pages: SamplePage[] = [];
  const ask = { from: 3, count: 4, as: "undone", side: 4 } as const;
  const page = await studio.look("look", { ...ask, of: "all" }, (each) => pages.push(each));
  expect(pages[0]?.samples.map(({ answers }) => answers)).toEqual([null, null, null, null]);
  if (page === "cancelled") throw new Error("cancelled");
  expect(page.of).toBe(30);
  expect(page.samples.map(({ index, label, right }) => [index, label, right])).toEqual([
    [3, 0, true],
    [4, 1, true],
    [5, 2, true],
    [6, 0, true],
  ]);
  const [first] = page.samples;
  expect(first).toMatchObject({ labelName: "a-red", low: 51, high: 190, calibrates: true, evaluated: true });
  expect(first?.answers?.[0]).toMatchObject({ class: 0, name: "a-red" });
  expect(first?.input.kind === "image" && [...first.input.image.rgba.subarray(0, 4)]).toEqual([
    190, 51, 61, 255,
  ]);
  expect(await studio.look("look", { ...ask, of: "wrong" }, idle)).toMatchObject({ of: 0, samples: [] });
});

test("tries preprocessings on some images, and leaves the study as it is", async () => {
  const { studio } = await opened(asRgb);
  const { unit } = preprocessPresets;
  const running: TriedPreprocess[] = [];
  const tried = await studio.tryPreprocess(
    "try",
    [{ ...unit, channels: "bgr" }, unit, { ...unit, channels: "gray" }],
    9,
    (_, each) => running.push(each),
  );
  if (tried === "cancelled") throw new Error("cancelled");
  // Blue first makes red what is blue: green alone stays right.
  expect(tried[0]?.top1?.value).toBeCloseTo(1 / 3);
  expect(tried[1]).toMatchObject({ n: 9, done: true, top1: { value: 1, n: 9 } });
  expect(tried[2]?.failure).toMatch(/1 channels from the preprocessing/);
  expect(running.length).toBeGreaterThan(3);
  expect((await studio.floatScore("float", idle)).top1).toMatchObject({ value: 1, n: 30 });
});

test("labels beyond the classes: opened without them, said, and mapped without reading anything again", async () => {
  const csv = (from: number) =>
    new File(
      [`file,label\n${files.map(({ name }, i) => `${name},${from + Math.floor(i / 10)}\n`).join("")}`],
      "labels.csv",
    );
  const labels = csv(1);
  const { studio, summary } = await opened({ ...asRgb, labels });
  expect(summary.labelled).toBe(false);
  expect(summary.labelProblem).toMatch(/^labels: found class 3 in .*expected below the network's 3 classes/);
  const report = await studio.labels("labels");
  if (!report || report === "cancelled") throw new Error("no report");
  expect(report.rows.map(({ label, output, answers }) => [label, output, answers[0]?.class])).toEqual([
    ["1", 1, 0],
    ["2", 2, 1],
    ["3", 3, 2],
  ]);
  expect(report.suggestions[0]).toMatchObject({ kind: "shift", shift: -1, agreement: { value: 1, n: 30 } });
  const before = (await studio.ping()).wasmBytes;
  const { to } = report.suggestions[0] as { to: Record<string, number> };
  const mapping = { to, origin: "given" } as const;
  const mapped = await studio.openData("data", { ...asRgb, labels, mapping }, idle);
  expect(mapped).toMatchObject({ labelled: true, labelProblem: null, labelOrigin: "given" });
  expect((await studio.ping()).wasmBytes).toBe(before);
  expect((await studio.floatScore("float", idle)).top1?.value).toBe(1);
});

test("a split that is asked for is what everything rests on", async () => {
  const split = { calibration: 9, seed: 1, stratified: true } as const;
  const { studio, summary } = await opened({ ...asRgb, split });
  expect(summary).toMatchObject({ calibration: 9, evaluation: 21, overlap: 0 });
  expect((await studio.floatScore("float", idle)).top1?.n).toBe(21);
  const page = await studio.look("look", { of: "calibration", from: 0, count: 9, as: "fed", side: 8 }, idle);
  if (page === "cancelled") throw new Error("cancelled");
  expect(page.samples.filter(({ label }) => label === 1).length).toBe(3);
  expect(page.samples.every(({ calibrates, evaluated }) => calibrates && !evaluated)).toBe(true);
});
