// Models in several files: external data in and out, whole or not at all; that the same numbers are in them.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rename, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeModel } from "@bitscape/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelAt } from "./node/model.ts";
import { bitscape, Folder } from "./testing.ts";

const script = join(import.meta.dirname, "../../../scripts/make-big-model.mjs");
let folder: Folder;
let model: string;
let single: string;

beforeAll(async () => {
  folder = await Folder.make();
  [model, single] = [folder.at("net.onnx"), folder.at("single.onnx")];
  const small = ["--matrices", "3", "--width", "128", "--rows", "300", "--runs", "40"];
  await promisify(execFile)(process.execPath, [script, model, ...small]);
  await promisify(execFile)(process.execPath, [script, single, ...small, "--single"]);
});
afterAll(() => folder.remove());

const digest = async (path: string) =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");

async function quantized(from: string, name: string, ...flags: string[]) {
  const output = folder.at(name);
  const ran = await bitscape(["quantize", from, "--preset", "w4", "--output", output, "--json", ...flags]);
  expect([ran.code, ran.err]).toEqual([0, ran.err.filter((line) => line.startsWith("no --data"))]);
  return { output, json: JSON.parse(ran.out) };
}

/** Names and digests of a model's constants, from wherever they lie. */
function constantsOf(path: string): Record<string, string> {
  const { source, external } = modelAt(path);
  const { constants } = decodeModel(source, { external }).graph;
  return Object.fromEntries(
    [...constants].map(([name, each]) => [name, createHash("sha256").update(each.bytes()).digest("hex")]),
  );
}

describe("external data", () => {
  test("the same model in one file or two is quantized to the same constants", async () => {
    expect(constantsOf(model)).toEqual(constantsOf(single));
    const [a, b] = [await quantized(model, "a.onnx"), await quantized(single, "b.onnx")];
    expect(constantsOf(a.output)).toEqual(constantsOf(b.output));
    expect(a.json.floatBytes).toBe((await stat(model)).size + (await stat(`${model}.data`)).size);
    expect(a.json.peakMemoryBytes).toBeGreaterThan(1e7);
    expect(a.json.seconds).toBeGreaterThan(0);
    expect(a.json).not.toHaveProperty("externalData");
  });

  test("--external-data: two files that say where they are, and run", async () => {
    const { output, json } = await quantized(model, "two.onnx", "--external-data");
    const data = `${output}.data`;
    expect(json).toMatchObject({
      output,
      sha256: await digest(output),
      bytes: (await stat(output)).size + (await stat(data)).size,
      externalData: { path: data, bytes: (await stat(data)).size, sha256: await digest(data) },
    });
    const one = await quantized(model, "one.onnx");
    expect(constantsOf(output)).toEqual(constantsOf(one.output));
    for (const runtime of ["native", "wasm"]) {
      const ran = await bitscape(["verify", model, output, "--json", "--runtime", runtime]);
      expect([runtime, ran.code, JSON.parse(ran.out)]).toMatchObject([
        runtime,
        0,
        { ok: true, bytes: json.bytes, simulated: { maxAbsDiff: 0 } },
      ]);
    }
    const scores = [output, one.output].map((path) =>
      bitscape(["evaluate", path, "--reference", model, "--json"]),
    );
    const values = (await Promise.all(scores)).map(({ out }) => JSON.parse(out).value);
    expect(values[0]).toBe(values[1]);
    const inspected = JSON.parse((await bitscape(["inspect", output, "--json"])).out);
    expect(inspected.bytes).toBe(json.bytes);
  });

  test("missing or too short: one sentence, exit code 2", async () => {
    const verbs = [
      ["inspect", model],
      ["quantize", model, "--preset", "w4", "--output", folder.at("never.onnx")],
    ];
    const refusals = async () =>
      Promise.all(verbs.map(async (args) => (({ code, err }) => [code, err])(await bitscape(args))));
    const data = `${model}.data`;
    await rename(data, `${data}.away`);
    const missing =
      'net.onnx: tensor embedding is in the external file "net.onnx.data", expected that file beside the model';
    expect(await refusals()).toEqual(verbs.map(() => [2, [missing]]));
    await writeFile(data, await readFile(`${data}.away`));
    await truncate(data, 153_700);
    const short =
      'net.onnx: tensor w0 is at bytes 155648 to 221184 of "net.onnx.data" (153700 bytes), expected 65536 bytes inside the file';
    expect(await refusals()).toEqual(verbs.map(() => [2, [short]]));
    await rename(`${data}.away`, data);
  });
});

describe("interrupted in the middle", () => {
  test.each([
    ["one file", []],
    ["two", ["--external-data"]],
  ])("%s: nothing is left", async (_, flags) => {
    const before = await folder.names();
    const args = ["quantize", model, "--preset", "w8", "--output", folder.at("half.onnx"), ...flags];
    let wrote = 0;
    const ran = await bitscape(args, (what, done, abort) => {
      if (what !== "writing") return;
      wrote = done;
      if (done > 60_000) abort();
    });
    expect([ran.code, ran.out, ran.err.at(-1)]).toEqual([130, "", "interrupted: nothing was written"]);
    expect(wrote).toBeGreaterThan(60_000);
    expect(await folder.names()).toEqual(before);
  });

  test("over an earlier file: that one is kept", async () => {
    const { output } = await quantized(model, "kept.onnx", "--external-data");
    const kept = [await digest(output), await digest(`${output}.data`)];
    const args = ["quantize", model, "--preset", "w8", "--output", output, "--external-data"];
    const ran = await bitscape(args, (what, done, abort) => what === "writing" && done > 60_000 && abort());
    expect(ran.code).toBe(130);
    expect([await digest(output), await digest(`${output}.data`)]).toEqual(kept);
  });
});

test("a file that changes while it is read is one sentence", async () => {
  const path = await folder.write("changing.bin", new Uint8Array(100));
  const { source } = modelAt(path);
  expect(source.read(10, 20)).toHaveLength(10);
  await truncate(path, 50);
  expect(() => source.read(10, 20)).toThrow(
    `${path}: has changed since it was opened, expected a file that can be read`,
  );
});
