// Bad input and bad usage: exit code 2, exactly one sentence, nothing on stdout, nothing written.

import { writeNpz } from "@bitscape/engine";
import { convNet, gemmNet, samplesOf, smallNet, weight, zipOf } from "@bitscape/engine/testing";
import { build, constantOf, encodeModel, type Model } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;

/** A protobuf field of bytes. */
function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  if (bytes.length > 127) throw new Error("longer than this test's lengths");
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

/** A varint field. */
function varint(number: number, value: bigint): Buffer {
  const bytes = [number << 3];
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** The model with one constant replaced by a hand-written TensorProto: a second graph is merged into the first. */
function withTensor(model: Model, name: string, parts: readonly Buffer[]): Uint8Array {
  const constants = new Map(model.graph.constants);
  constants.delete(name);
  const head = encodeModel({ ...model, graph: { ...model.graph, constants } });
  const proto = Buffer.concat([varint(2, 1n), field(8, name), ...parts]);
  // ModelProto.graph = 7, GraphProto.initializer = 5; TensorProto: data_type = 2, name = 8.
  return Buffer.concat([head, field(7, field(5, proto))]);
}

function withConstant(name: string, edit: (values: Float32Array) => void): Uint8Array {
  const { graph } = convNet.model;
  const old = graph.constants.get(name);
  if (!old) throw new Error(`no constant ${name}`);
  const values = new Float32Array(Uint8Array.from(old.bytes()).buffer);
  edit(values);
  const constants = new Map(graph.constants).set(
    name,
    constantOf(name, tensor("float32", old.shape, values)),
  );
  return encodeModel({ ...convNet.model, graph: { ...graph, constants } });
}

beforeAll(async () => {
  folder = await Folder.make();
  const conv = encodeModel(convNet.model);
  const { write } = { write: folder.write.bind(folder) };
  await write("conv.onnx", conv);
  await write("gemm.onnx", encodeModel(gemmNet.model));
  await write("empty.onnx", "");
  await write(
    "cat.onnx",
    await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .png()
      .toBuffer(),
  );
  await write("half.onnx", conv.subarray(0, conv.length / 2));
  await write("text.onnx", "this is no model");
  await write(
    "nan.onnx",
    withConstant("w2", (values) => values.fill(Number.NaN, 5, 6)),
  );
  await write(
    "infinite.onnx",
    withConstant("w1", (values) => values.fill(Number.POSITIVE_INFINITY, 0, 1)),
  );
  const location = [field(1, "location"), field(2, "weights.bin")];
  const dims = [8n, 3n, 3n, 3n].map((dim) => varint(1, dim));
  await write(
    "external.onnx",
    withTensor(convNet.model, "w1", [...dims, field(13, Buffer.concat(location)), varint(14, 1n)]),
  );
  const outside = [field(1, "location"), field(2, "../../etc/passwd")];
  await write(
    "outside.onnx",
    withTensor(convNet.model, "w1", [...dims, field(13, Buffer.concat(outside)), varint(14, 1n)]),
  );
  await write("huge.onnx", withTensor(convNet.model, "w1", [varint(1, 2n ** 40n), varint(1, 2n ** 20n)]));
  await write("large.onnx", withTensor(convNet.model, "w1", [varint(1, 2n ** 33n), field(9, "few")]));
  const wide = (shape: readonly (number | string)[]) => {
    const { graph } = gemmNet.model;
    return encodeModel({
      ...gemmNet.model,
      graph: { ...graph, inputs: [build.value("x", "float32", shape)] },
    });
  };
  await write("wide.onnx", wide(["N", 2 ** 40]));
  await write("tall.onnx", wide([2 ** 40, 40]));
  const { node } = build;
  const foreign = smallNet("foreign", {
    inputs: { x: { shape: [4] } },
    constants: [weight("w", [4, 2], 1)],
    nodes: [node("MatMul", ["x", "w"], ["m"]), node("Sparkle", ["m"], ["y"], {}, "glitter", "my.company")],
  });
  await write("foreign.onnx", encodeModel(foreign.model));
  await write(
    "unknown.onnx",
    encodeModel(
      smallNet("u", {
        inputs: { x: { shape: [4] } },
        constants: [],
        nodes: [node("Sparkle", ["x"], ["y"], {}, "glitter")],
      }).model,
    ),
  );
  await write(
    "dangling.onnx",
    encodeModel(
      smallNet("d", {
        inputs: { x: { shape: [4] } },
        constants: [],
        nodes: [node("Relu", ["z"], ["y"], {}, "lost")],
      }).model,
    ),
  );
  const labelled = (shape: number, values: number[]) => ({
    ...samplesOf(convNet, values.length),
    labels: tensor("int64", [shape], values),
  });
  await write("data.npz", await writeNpz(labelled(3, [0, 9, 4])));
  await write("labels.npz", await writeNpz(labelled(3, [0, 10, 4])));
  await write("shapes.npz", await writeNpz({ x: tensor("float32", [2, 3, 8, 9], new Float32Array(432)) }));
  await write(
    "names.npz",
    await writeNpz({
      image: tensor("float32", [2, 3, 8, 8], new Float32Array(384)),
      other: tensor("float32", [2], [1, 2]),
    }),
  );
  await write("data.xyz", "?");
  await write("plain.json", "{ schema: ");
  const recipe = (rest: object) => JSON.stringify({ schema: "bitscape/recipe/1", ...rest });
  await write("key.json", recipe({ layers: { first: { weight: { bits: 4 } } } }));
  await write("layer.json", recipe({ layers: { third: "float" } }));
  await write("float.json", recipe({}));
  await write("grain.json", recipe({ defaults: { activation: { granularity: "channel" } } }));
});
afterAll(() => folder.remove());

/** Words of the command line with file names replaced by paths in the folder. */
function located(line: string): string[] {
  return line
    .split(" ")
    .map((word) => (/\.(onnx|npz|json|zip|xyz|csv)$|^absent/.test(word) ? folder.at(word) : word));
}

async function refused(line: string): Promise<string> {
  const before = await folder.names();
  const { code, out, err } = await bitscape(located(line));
  expect([code, out, err.length]).toEqual([2, "", 1]);
  expect(await folder.names()).toEqual(before);
  return (err[0] as string).replaceAll(`${folder.path}/`, "");
}

describe("models", () => {
  const w8 = "--preset w8 --output out.onnx";
  test.each([
    ["empty.onnx", "empty.onnx: an empty file, expected an ONNX model"],
    ["cat.onnx", "cat.onnx: a PNG image, expected an ONNX model"],
    [
      "half.onnx",
      /^half\.onnx: the file ends early or is damaged \(\d+ bytes\), expected a whole ONNX model$/,
    ],
    ["text.onnx", "text.onnx: not a protobuf message, expected an ONNX model"],
    ["external.onnx", /^external\.onnx: tensor w1.*weights\.bin.*expected/],
    ["outside.onnx", /^outside\.onnx: tensor w1.*passwd.*expected/],
    ["nan.onnx", "nan.onnx: weight w2: NaN at element 5 of 864, expected finite numbers"],
    ["infinite.onnx", "infinite.onnx: weight w1: Infinity at element 0 of 216, expected finite numbers"],
    [
      "foreign.onnx",
      'foreign.onnx: node "glitter": operator my.company.Sparkle, expected one of ai.onnx, com.microsoft or ai.onnx.ml',
    ],
    ["unknown.onnx", 'unknown.onnx: node "glitter": operator Sparkle, expected one that ai.onnx has'],
    ["dangling.onnx", /^dangling\.onnx: node "lost": reads "z", which nothing makes, expected/],
    ["huge.onnx", /^huge\.onnx: tensor w1 has shape \[1099511627776, 1048576\], expected/],
    ["large.onnx", /^large\.onnx: tensor w1 holds 3 bytes, expected 34359738368 for/],
    ["wide.onnx", "wide.onnx: input x has shape [N, 1099511627776], expected dimensions that fit in memory"],
    ["tall.onnx", "tall.onnx: input x has shape [1099511627776, 40], expected dimensions that fit in memory"],
    ["absent.onnx", "absent.onnx: not found, expected a file that can be read"],
  ])("%s", async (file, sentence) => {
    for (const verb of ["inspect", "evaluate", "sensitivity"]) {
      expect(await refused(`${verb} ${file}`)).toMatch(sentence);
    }
    expect(await refused(`quantize ${file} ${w8}`)).toMatch(sentence);
    expect(await refused(`verify ${file} conv.onnx`)).toMatch(sentence);
  });

  test("the quantized file of verify", async () => {
    expect(await refused("verify conv.onnx half.onnx")).toMatch(/^half\.onnx: the file ends early/);
    expect(await refused("verify conv.onnx absent.onnx")).toMatch(/^absent\.onnx: not found/);
  });
});

describe("data", () => {
  test.each([
    [
      "evaluate conv.onnx --data labels.npz",
      "labels: found class 10 in sample 1, expected below the network's 10 classes",
    ],
    [
      "sensitivity conv.onnx --data labels.npz",
      "labels: found class 10 in sample 1, expected below the network's 10 classes",
    ],
    ["evaluate conv.onnx --data shapes.npz", /x.*\[2, 3, 8, 9\].*expected/],
    ["evaluate conv.onnx --data names.npz", /expected/],
    [
      "evaluate conv.onnx --data absent.npz",
      "--data: absent.npz (nothing there), expected a file or a folder",
    ],
    ["evaluate conv.onnx --data data.xyz", /expected/],
    ["evaluate conv.onnx --data sample:none", /expected/],
    [
      "evaluate conv.onnx --data data.npz --calibration 9",
      /calibration: 9 samples.*expected a whole number up to the data's 3/,
    ],
    ["evaluate conv.onnx --data data.npz --calibration 2 --evaluation 2", /data: 3 samples, expected 4/],
    ["evaluate gemm.onnx --data data.npz", /expected/],
    ["evaluate conv.onnx --metric top1", "metric top1: no labels in synthetic, expected one a sample"],
    ["evaluate conv.onnx --data data.npz --metric mse", /nothing to compare with, expected/],
    ["evaluate conv.onnx --data data.npz --labels absent.csv", /^--labels: absent\.csv \(nothing there\)/],
  ])("%s", async (line, sentence) => {
    expect(await refused(line)).toMatch(sentence);
  });

  test("labels beyond the classes are refused before images are decoded", async () => {
    const png = Buffer.from("no image at all");
    const zip = zipOf({
      "1.png": png,
      "2.png": png,
      "labels.csv": Buffer.from("file,label\n1.png,9\n2.png,10\n"),
    });
    await folder.write("labels.zip", zip);
    expect(await refused("evaluate conv.onnx --data labels.zip")).toBe(
      "labels: found class 10 in 2.png, expected below the network's 10 classes",
    );
  });

  test("an unreadable image is skipped, counted and named", async () => {
    const image = (level: number) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: { r: level, g: level, b: level } } })
        .png()
        .toBuffer();
    const zip = zipOf({
      "a/1.png": await image(10),
      "a/2.png": Buffer.from("no image"),
      "b/1.png": await image(200),
      "b/2.png": (await image(90)).subarray(0, 40),
    });
    await folder.write("images.zip", zip);
    const { code, out, err } = await bitscape(
      located("evaluate conv.onnx --data images.zip --preprocess unit --resize none --json"),
    );
    expect(code).toBe(0);
    const found = JSON.parse(out);
    expect(found).toMatchObject({ n: 2, samples: 2 });
    expect(found.skipped.map(({ name }: { name: string }) => name)).toEqual(["a/2.png", "b/2.png"]);
    expect(err).toHaveLength(2);
    expect(err[0]).toMatch(/^skipped a\/2\.png: could not be decoded/);
  });
});

describe("recipes and outputs", () => {
  test.each([
    ["quantize conv.onnx --preset w8", "--output: missing, expected the file to write"],
    ["quantize conv.onnx --output out.onnx", "--recipe or --preset: missing, expected one of them"],
    [
      "quantize conv.onnx --preset w9 --output out.onnx",
      'preset: "w9", expected one of w8a8, w8, w4, w4a8, w2',
    ],
    [
      "quantize conv.onnx --preset w8 --recipe float.json --output out.onnx",
      "--recipe and --preset: both given, expected one of them",
    ],
    [
      "quantize conv.onnx --preset w8 --output absent/out.onnx",
      "absent/out.onnx: its folder is not there, expected a place that can be written",
    ],
    [
      "inspect conv.onnx --output absent/out.json",
      "absent/out.json: its folder is not there, expected a place that can be written",
    ],
    [
      "quantize conv.onnx --recipe absent.json --output out.onnx",
      "absent.json: not found, expected a file that can be read",
    ],
    ["quantize conv.onnx --recipe plain.json --output out.onnx", "plain.json: not JSON, expected a recipe"],
    [
      "quantize conv.onnx --recipe key.json --output out.onnx",
      'key.json: layers.first.weight: Unrecognized key: "bits", expected bitscape/recipe/1',
    ],
    [
      "quantize conv.onnx --recipe layer.json --output out.onnx",
      /^layer "third": not in conv\.onnx, expected one of/,
    ],
    [
      "quantize conv.onnx --recipe float.json --output out.onnx",
      /^conv\.onnx: nothing to quantize under this recipe/,
    ],
    [
      "quantize conv.onnx --recipe grain.json --output out.onnx",
      /^activation x: granularity "channel", expected "tensor"$/,
    ],
  ])("%s", async (line, sentence) => {
    expect(await refused(line)).toMatch(sentence);
  });

  test("an output that is a folder", async () => {
    const { code, err } = await bitscape([
      "quantize",
      folder.at("conv.onnx"),
      "--preset",
      "w8",
      "--output",
      folder.path,
    ]);
    expect([code, err.length]).toEqual([2, 1]);
    expect(err[0]).toBe(`${folder.path}: a folder, expected a place that can be written`);
  });
});

describe("usage", () => {
  test.each([
    ["", /^bitscape: no verb, expected inspect, evaluate, .*landscape, optimize, .*verify \(--help/],
    [
      "frobnicate",
      /^bitscape: no verb "frobnicate", expected inspect, evaluate, .*landscape, optimize, .*verify$/,
    ],
    ["inspect", "inspect: 0 arguments, expected MODEL"],
    ["inspect conv.onnx gemm.onnx", "inspect: 2 arguments, expected MODEL"],
    ["inspect conv.onnx --frob", /^arguments: Unknown option '--frob', expected --json /],
    ["inspect conv.onnx --threads", /^arguments: .*--threads.*expected/],
    ["inspect conv.onnx --threads 0", "--threads: 0, expected a whole number of at least 1"],
    ["inspect conv.onnx --runtime gpu", "--runtime: gpu, expected native or wasm"],
    ["inspect conv.onnx --pin N", "--pin: N, expected NAME=N with a positive N"],
    ["inspect conv.onnx --pin N=0", "--pin: N=0, expected NAME=N with a positive N"],
    ["evaluate conv.onnx --seed x", "--seed: x, expected a whole number of at least 0"],
    ["evaluate conv.onnx --metric beauty", /^--metric: beauty, expected kl, top1/],
    ["evaluate conv.onnx --scale big --data data.npz", /scale.*expected/],
    [
      "sensitivity conv.onnx --bits 2,9",
      "--bits: 9, expected widths from 1 to 8, or names of formats such as nf4",
    ],
    ["sensitivity conv.onnx --targets bias", "--targets: bias, expected weight, activation or both"],
    ["sensitivity conv.onnx --samples 0", "--samples: 0, expected a whole number of at least 1"],
    ["sensitivity conv.onnx --mode guessed", "--mode: guessed, expected measured, predicted, anytime"],
    ["verify conv.onnx", "verify: 1 arguments, expected FLOAT QUANTIZED"],
    ["verify conv.onnx conv.onnx --max-drop much", "--max-drop: much, expected a number"],
  ])("%s", async (line, sentence) => {
    const { code, out, err } = await bitscape(line === "" ? [] : located(line));
    expect([code, out, err.length]).toEqual([2, "", 1]);
    expect((err[0] as string).replaceAll(`${folder.path}/`, "")).toMatch(sentence);
  });
});
