// Every verb's document as the contracts promise it, gates, interruptions and help.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRecipe, presets, RECIPE_KEY, writeNpz } from "@bitscape/engine";
import { convNet, gatherNet, gemmNet, samplesOf } from "@bitscape/engine/testing";
import { decodeModel, encodeModel } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;
let model: string;
let data: string;

async function dataOf(net: typeof gemmNet, count: number, classes: number): Promise<Uint8Array> {
  const labels = Array.from({ length: count }, (_, i) => (i * 7) % classes);
  return writeNpz({ ...samplesOf(net, count), labels: tensor("int64", [count], labels) });
}

beforeAll(async () => {
  folder = await Folder.make();
  model = await folder.write("conv.onnx", encodeModel(convNet.model));
  data = await folder.write("data.npz", await dataOf(convNet, 40, 10));
});
afterAll(() => folder.remove());

/** Runs with --json, and reads the document: the one thing on stdout. */
async function documentOf(code: number, ...args: string[]) {
  const ran = await bitscape([...args, "--json"]);
  expect([ran.code, ran.err]).toEqual([code, ran.err.filter((line) => line.startsWith("no --data"))]);
  expect(ran.out.endsWith("}\n")).toBe(true);
  return JSON.parse(ran.out);
}

describe("documents", () => {
  test("inspect", async () => {
    const found = await documentOf(0, "inspect", model);
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining([
        "opset",
        "irVersion",
        "producer",
        "inputs",
        "outputs",
        "parameters",
        "bytes",
        "layers",
        "skipped",
      ]),
    );
    expect(found).toMatchObject({ opset: 13, irVersion: 7, parameters: 1230, skipped: [] });
    expect(found.bytes).toBe((await readFile(model)).byteLength);
    expect(found.inputs).toEqual([{ name: "x", dtype: "float32", shape: [1, 3, 8, 8] }]);
    expect(found.layers.map(({ id }: { id: string }) => id)).toEqual(["first", "second", "head"]);
    expect(found.layers[0]).toMatchObject({
      op: "Conv",
      weight: { name: "w1", shape: [8, 3, 3, 3], bytes: 864 },
      macs: 13824,
    });
  });

  test("evaluate", async () => {
    const found = await documentOf(0, "evaluate", model, "--data", data, "--metric", "top5");
    expect(found).toMatchObject({ metric: "top5", n: 40, source: "measured", data: "data.npz" });
    expect(found.low).toBeLessThan(found.value);
    expect(found.high).toBeGreaterThan(found.value);
    expect(found.seconds).toBeGreaterThan(0);
    const kl = await documentOf(0, "evaluate", model, "--data", data, "--reference", model);
    expect(kl).toMatchObject({ metric: "kl", value: 0, low: 0, high: 0 });
    // A perfect signal-to-noise ratio is no number in JSON.
    const sqnr = await documentOf(
      0,
      "evaluate",
      model,
      "--data",
      data,
      "--reference",
      model,
      "--metric",
      "sqnr",
    );
    expect(sqnr.value).toBeNull();
  });

  test("sensitivity", async () => {
    const found = await documentOf(
      0,
      "sensitivity",
      model,
      "--data",
      data,
      "--bits",
      "2,8",
      "--samples",
      "10",
    );
    expect(found).toMatchObject({
      metric: "kl",
      n: 10,
      mode: "measured",
      complete: true,
      failed: [],
      sampleIndices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    });
    // Three layers with weights, four with activations, two widths.
    expect(found.cells).toHaveLength(14);
    for (const cell of found.cells) {
      expect(Object.keys(cell)).toEqual(
        expect.arrayContaining(["layer", "bits", "target", "value", "low", "high", "source", "scheme"]),
      );
      expect(cell.source).toBe("measured");
    }
    expect(found.cells[0]).toMatchObject({
      layer: "first",
      target: "weight",
      bits: 2,
      scheme: { format: "int2" },
    });
    const weights = await documentOf(
      0,
      "sensitivity",
      model,
      "--data",
      data,
      "--bits",
      "4",
      "--targets",
      "weight",
    );
    expect(weights.cells.map(({ layer }: { layer: string }) => layer)).toEqual(["first", "second", "head"]);
  });

  test("sensitivity, predicted: with other formats, and the interactions of layers", async () => {
    const found = await documentOf(
      0,
      ...["sensitivity", model, "--data", data, "--mode", "predicted"],
      ...["--bits", "4,nf4", "--targets", "weight", "--pairs", "4"],
    );
    expect(found).toMatchObject({
      mode: "predicted",
      estimator: "gauss-newton",
      without: [],
      complete: true,
    });
    expect(found.forwardPasses).toBeGreaterThan(0);
    expect(found.cells).toHaveLength(6);
    expect(found.cells[1]).toMatchObject({
      ...{ layer: "first", target: "weight", bits: 4, format: "nf4", source: "predicted" },
      scheme: { format: "nf4" },
    });
    for (const { value, low, high } of found.cells) {
      expect(low).toBeGreaterThan(0);
      expect(value).toBeGreaterThan(low);
      expect(high).toBeGreaterThan(value);
    }
    expect(found.pairs).toMatchObject({ bits: 4, format: "int4", layers: ["first", "second", "head"] });
    const { value } = found.cells[0];
    expect(found.pairs.matrix[0][0] / value).toBeCloseTo(1, 6);
  });

  test("sensitivity, anytime: ends by itself, or when its time is over", async () => {
    const args = ["sensitivity", model, "--data", data, "--mode", "anytime", "--bits", "2,8"];
    const found = await documentOf(0, ...args);
    expect(found).toMatchObject({ mode: "anytime", complete: true, failed: [] });
    expect(found.cells).toHaveLength(14);
    for (const { source, low, value, high } of found.cells) {
      expect(source).toBe("measured");
      expect(low).toBeLessThanOrEqual(value);
      expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(value);
    }
    const brief = await documentOf(0, ...args, "--budget", "0");
    expect(brief.complete).toBe(false);
    expect(brief.cells).toHaveLength(14);
    expect(brief.cells.every(({ source }: { source: string }) => source === "predicted")).toBe(true);
  });

  test("quantize: the file it says, with the recipe inside", async () => {
    const output = folder.at("w4a8.onnx");
    const found = await documentOf(
      0,
      "quantize",
      model,
      "--preset",
      "w4a8",
      "--data",
      data,
      "--seed",
      "5",
      "--output",
      output,
    );
    const file = await readFile(output);
    expect(found).toMatchObject({
      output,
      bytes: file.byteLength,
      opset: 21,
      data: "data.npz",
      activations: 4,
    });
    expect(found.sha256).toBe(createHash("sha256").update(file).digest("hex"));
    expect(found.warnings).toEqual(["opset: raised from 13 to 21, which the chosen types need"]);
    expect(found.recipe).toMatchObject({ seed: 5, model: { name: "conv.onnx" }, defaults: presets.w4a8 });
    const carried = decodeModel(file).metadata.get(RECIPE_KEY) as string;
    expect(parseRecipe(JSON.parse(carried))).toEqual(found.recipe);
    // The recipe is a document: the same decision gives the same bytes.
    const recipe = await folder.write("recipe.json", carried);
    const again = await documentOf(
      0,
      "quantize",
      model,
      "--recipe",
      recipe,
      "--data",
      data,
      "--output",
      folder.at("again.onnx"),
    );
    expect(again.sha256).toBe(found.sha256);
  });

  test("quantize with another network's recipe: applied, warned of, and the file says whose it is", async () => {
    const recipe = await folder.write(
      "foreign.json",
      JSON.stringify({
        schema: "bitscape/recipe/1",
        model: { name: "other.onnx", sha256: "00" },
        layers: { first: { weight: { format: "int4" } } },
      }),
    );
    const output = folder.at("foreign.onnx");
    const found = await documentOf(0, "quantize", model, "--recipe", recipe, "--output", output);
    expect(found.warnings[0]).toContain("made for other.onnx with another fingerprint");
    const carried = JSON.parse(decodeModel(await readFile(output)).metadata.get(RECIPE_KEY) as string);
    expect(carried.model).toEqual(found.recipe.model);
    expect(carried.model.name).toBe("conv.onnx");
  });

  test("synthetic data say so", async () => {
    const output = folder.at("synthetic.onnx");
    const found = await documentOf(0, "quantize", model, "--preset", "w8a8", "--output", output);
    expect(found.data).toBe("synthetic");
    expect(found.warnings).toContain(
      "activation ranges come from synthetic inputs: expect worse accuracy than with real data",
    );
    // Indices stay within the table that they index.
    const gather = await folder.write("gather.onnx", encodeModel(gatherNet.model));
    await documentOf(0, "quantize", gather, "--preset", "w8a8", "--output", folder.at("gather8.onnx"));
  });

  test("--output of the other verbs is the document", async () => {
    const output = folder.at("inspect.json");
    const ran = await bitscape(["inspect", model, "--output", output, "--json"]);
    expect(JSON.parse(await readFile(output, "utf8"))).toEqual(JSON.parse(ran.out));
  });

  test("without --json: prose", async () => {
    const { code, out } = await bitscape(["inspect", model]);
    expect(code).toBe(0);
    expect(out).toContain("conv.onnx: opset 13");
    expect(out).toMatch(/^second +Conv +12×8×3×3/m);
  });
});

describe("verify", () => {
  const quantized = (preset: string, from = model) => {
    const output = folder.at(`${preset}.verify.onnx`);
    return bitscape(["quantize", from, "--preset", preset, "--data", data, "--output", output]).then(
      () => output,
    );
  };

  test("a file that holds", async () => {
    const file = await quantized("w8");
    const found = await documentOf(
      0,
      "verify",
      model,
      file,
      "--data",
      data,
      "--min-sqnr",
      "20",
      "--max-drop",
      "50",
    );
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(["ok", "maxAbsDiff", "sqnrDb", "agreement", "simulated", "runtime", "bytes"]),
    );
    expect(found).toMatchObject({ ok: true, gates: [], n: 40, bytes: (await readFile(file)).byteLength });
    expect(found.sqnrDb).toBeGreaterThan(20);
    expect(found.simulated.sqnrDb === null || found.simulated.sqnrDb > 60).toBe(true);
  });

  test("gates that are not met: exit code 1, and each is named", async () => {
    const file = await quantized("w2");
    const low = await documentOf(1, "verify", model, file, "--data", data, "--min-sqnr", "60");
    expect(low).toMatchObject({
      ok: false,
      gates: [expect.stringMatching(/^SQNR .* dB, expected at least 60$/)],
    });
    const drop = await documentOf(1, "verify", model, file, "--data", data, "--max-drop=-90");
    expect(drop.gates).toEqual([expect.stringMatching(/^top-1 drop .*, expected at most -90 points$/)]);
    const unlabelled = await folder.write("bare.npz", await writeNpz(samplesOf(convNet, 8)));
    const unknown = await documentOf(1, "verify", model, file, "--data", unlabelled, "--max-drop", "1");
    expect(unknown.gates[0]).toContain("unknown (no labels)");
  });

  test("a pair of different networks: by their ports, their fingerprint, or their outputs", async () => {
    const gemm = await folder.write("gemm.onnx", encodeModel(gemmNet.model));
    const ports = await documentOf(1, "verify", gemm, await quantized("w8"));
    expect(ports).toMatchObject({ ok: false });
    // The same ports, other weights.
    const { graph } = convNet.model;
    const constants = new Map(
      [...graph.constants].map(([name, each]) => {
        const flipped = () => Uint8Array.from(each.bytes(), (byte, i) => (i % 4 === 3 ? byte ^ 0x80 : byte));
        return [name, { ...each, bytes: flipped }];
      }),
    );
    const other = encodeModel({ ...convNet.model, graph: { ...graph, constants } });
    const twin = await folder.write("twin.onnx", other);
    const foreign = await documentOf(1, "verify", twin, await quantized("w8"), "--data", data);
    expect(foreign.gates.join()).toContain(
      "w8.verify.onnx: made from conv.onnx, another network by its fingerprint, expected twin.onnx",
    );
    const bare = await documentOf(1, "verify", model, twin, "--data", data);
    expect(bare.gates.join()).toContain("twin.onnx: outputs unlike conv.onnx's");
  });
});

describe("interrupted", () => {
  test("quantize leaves no file, not even a part", async () => {
    const before = await folder.names();
    const args = ["quantize", model, "--preset", "w8a8", "--data", data, "--output", folder.at("never.onnx")];
    const ran = await bitscape(args, (what, _, abort) => what === "calibrating" && abort());
    expect(ran).toEqual({ code: 130, out: "", err: ["interrupted: nothing was written"] });
    expect(await folder.names()).toEqual(before);
  });

  test("sensitivity prints, and keeps, what was measured", async () => {
    const output = folder.at("partial.json");
    const args = ["sensitivity", model, "--data", data, "--json", "--output", output];
    const { code, out } = await bitscape(
      args,
      (what, done, abort) => what === "measuring" && done === 3 && abort(),
    );
    const found = JSON.parse(out);
    expect(code).toBe(130);
    expect(found.complete).toBe(false);
    expect(found.cells).toHaveLength(3);
    expect(JSON.parse(await readFile(output, "utf8"))).toEqual(found);
  });

  test("evaluate and verify say nothing", async () => {
    for (const args of [
      ["evaluate", model],
      ["verify", model, model],
    ]) {
      const ran = await bitscape([...args, "--data", data, "--json"], (_, __, abort) => abort());
      expect(ran).toEqual({ code: 130, out: "", err: ["interrupted: nothing was written"] });
    }
  });
});

describe("help", () => {
  test("of the command, and of each verb", async () => {
    const { code, out } = await bitscape(["--help"]);
    expect(code).toBe(0);
    for (const verb of ["inspect", "evaluate", "sensitivity", "quantize", "verify"]) {
      expect(out).toContain(`  ${verb} `);
      const help = await bitscape([verb, "--help"]);
      expect([help.code, help.err]).toEqual([0, []]);
      for (const flag of ["--json", "--output", "--seed", "--threads", "--help"])
        expect(help.out).toContain(flag);
    }
  });
});

describe("the process itself", () => {
  const main = join(import.meta.dirname, "main.ts");
  const root = join(import.meta.dirname, "../../..");

  /** Starts the command line, and interrupts it as soon as it listens. */
  async function interrupted(
    args: readonly string[],
  ): Promise<{ code: number | null; out: string; err: string }> {
    const entry = await folder.write(
      "entry.mjs",
      [
        "const tell = (name) => {",
        '  if (name !== "SIGINT") return;',
        '  process.off("newListener", tell);',
        '  process.send("listening", () => process.disconnect());',
        "};",
        'process.on("newListener", tell);',
        "process.argv.splice(1, 1);",
        `await import(${JSON.stringify(main)});`,
      ].join("\n"),
    );
    const child = spawn(process.execPath, ["--import", "tsx", entry, main, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    let [out, err] = ["", ""];
    child.stdout?.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      err += chunk;
    });
    child.once("message", () => child.kill("SIGINT"));
    const code = await new Promise<number | null>((done) => child.once("close", done));
    return { code, out, err };
  }

  test("Ctrl-C ends quantize with 130 and without a file", async () => {
    const before = await folder.names();
    const output = folder.at("process.onnx");
    const { code, out, err } = await interrupted([
      "quantize",
      model,
      "--preset",
      "w8a8",
      "--data",
      data,
      "--output",
      output,
    ]);
    expect({ code, out, err }).toEqual({ code: 130, out: "", err: "interrupted: nothing was written\n" });
    expect((await folder.names()).filter((name) => name !== "entry.mjs")).toEqual(before);
  });

  test("Ctrl-C ends sensitivity with 130 and what there is", async () => {
    const { code, out } = await interrupted(["sensitivity", model, "--data", data, "--json"]);
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ complete: false });
  });

  test("what fails within ONNX Runtime is one sentence, without the runtime's own lines", async () => {
    const gather = await folder.write("gather.onnx", encodeModel(gatherNet.model));
    const ids = await folder.write(
      "ids.npz",
      await writeNpz({ ids: tensor("int64", [1, 6], [0, 1, 2, 3, 4, 600]) }),
    );
    const args = ["quantize", gather, "--preset", "w8a8", "--data", ids, "--output", folder.at("out.onnx")];
    const child = spawn(process.execPath, ["--import", "tsx", main, ...args], { cwd: root });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const code = await new Promise<number | null>((done) => child.once("close", done));
    expect(code).toBe(2);
    expect(err).toMatch(/^ONNX Runtime, run: .*idx=600 must be within the inclusive range \[-30,29\].*\n$/);
    expect(await folder.names()).not.toContain("out.onnx");
  });
});
