// bitscape allocate: its document, the files that its recipes become, its refusals, and the search for the smallest file.

import { readFile } from "node:fs/promises";
import { writeNpz } from "@bitscape/engine";
import { convNet, samplesOf } from "@bitscape/engine/testing";
import { encodeModel } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;
let model: string;
let data: string;
let unlabelled: string;
let sensitivity: string;

beforeAll(async () => {
  folder = await Folder.make();
  model = await folder.write("conv.onnx", encodeModel(convNet.model));
  const labels = Array.from({ length: 40 }, (_, i) => (i * 7) % 10);
  data = await folder.write(
    "data.npz",
    await writeNpz({ ...samplesOf(convNet, 40), labels: tensor("int64", [40], labels) }),
  );
  unlabelled = await folder.write("plain.npz", await writeNpz(samplesOf(convNet, 40)));
  sensitivity = folder.at("sensitivity.json");
  const bits = ["--bits", "2,3,4,8", "--samples", "16", "--json"];
  const ran = await bitscape(["sensitivity", model, "--data", data, ...bits, "--output", sensitivity]);
  expect(ran.code).toBe(0);
});
afterAll(() => folder.remove());

async function allocated(...args: string[]) {
  const ran = await bitscape(["allocate", model, "--sensitivity", sensitivity, ...args, "--json"]);
  expect([ran.code, ran.err]).toEqual([0, []]);
  return JSON.parse(ran.out);
}

async function refused(...args: string[]): Promise<string> {
  const ran = await bitscape(["allocate", model, ...args]);
  expect([ran.code, ran.out, ran.err.length]).toEqual([2, "", 1]);
  return ran.err[0] as string;
}

describe("documents", () => {
  test("hold what the contract promises, and the recipe becomes a file of exactly those bytes", async () => {
    // What the file carries of the data (preprocessing of images) is part of its size.
    const found = await allocated("--size", "60%", "--data", data, "--evaluations", "3");
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining([
        "recipe",
        "bytes",
        "predicted",
        "gap",
        "front",
        "uniform",
        "averageBits",
        "seconds",
      ]),
    );
    expect(found.bytes).toBeLessThanOrEqual(0.6 * found.floatBytes);
    expect(found.gap).toBe(0);
    expect(found.predicted.low).toBeLessThanOrEqual(found.predicted.value);
    expect(found.predicted.high).toBeGreaterThanOrEqual(found.predicted.value);
    expect(found.uniform.map(({ name }: { name: string }) => name)).toEqual(
      ["2", "3", "4", "8"].map((bits) => `uniform ${bits}`),
    );
    // The whole document, as --output writes it: verbs follow each other.
    const recipe = await folder.write("recipe.json", JSON.stringify(found));
    const output = folder.at("out.onnx");
    const ran = await bitscape([
      "quantize",
      model,
      "--recipe",
      recipe,
      "--data",
      data,
      "--output",
      output,
      "--json",
    ]);
    expect([ran.code, ran.err]).toEqual([0, []]);
    expect((await readFile(output)).byteLength).toBe(found.bytes);
    expect(JSON.parse(ran.out).bytes).toBe(found.bytes);
  });

  test("more budgets at once, locks, rules and coupling", async () => {
    const [lock, rule] = [
      ["--lock", "first=8"],
      ["--rule", "last<=4"],
    ];
    const found = await allocated("--size", "70%", "--avg-bits", "6", ...lock, ...rule);
    expect(found.averageBits).toBeLessThanOrEqual(6);
    const of = (layer: string) =>
      found.recipe.layers[layer]?.weight?.format ?? found.recipe.defaults.weight.format;
    expect(of("first")).toBe("int8");
    expect(Number(of("head").slice(3))).toBeLessThanOrEqual(4);
    const coupled = await allocated("--avg-bits", "5", "--couple", "first,second,head");
    expect(Object.keys(coupled.recipe.layers)).toEqual([]);
    const both = ["--targets", "both", "--data", data, "--evaluations", "3"];
    const bops = await allocated("--max-bops", "1e6", ...both);
    expect(bops.bops).toBeLessThanOrEqual(1e6);
  });

  test("a person's own recipe beside the front", async () => {
    const own = { schema: "bitscape/recipe/1", defaults: { weight: { format: "int3" } } };
    const recipe = await folder.write("own.json", JSON.stringify(own));
    const found = await allocated("--size", "80%", "--recipe", recipe);
    expect(found.own).toMatchObject({ name: "own", value: found.uniform[1].value });
  });

  test("prose for a person", async () => {
    const asked = ["allocate", model, "--sensitivity", sensitivity];
    const ran = await bitscape([...asked, "--size", "60%"]);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/→ .* predicted \(95 %: .*proven optimal/);
    expect(ran.out).toContain("uniform 8");
    const least = await bitscape([...asked, "--size", "60%", "--data", data, "--evaluations", "3"]);
    expect(least.out).toMatch(/stored as: .*; measured on 20 samples that the search did not see: /);
    const drop = await bitscape([...asked, "--max-drop", "10", "--data", data, "--evaluations", "6"]);
    expect(drop.out).toMatch(
      /top-1 falls by -?[\d.]+ points \(95 %: .* on 20 samples that the search did not see/,
    );
  });
});

describe("with data", () => {
  type Weighed = { name: string; bytes: number; cut: boolean; measured: { value: number; n: number } };

  test("candidates are measured, uniform recipes among them, and the least that fits is the answer", async () => {
    const found = await allocated("--size", "60%", "--data", data, "--evaluations", "8");
    const trace = found.trace as Weighed[];
    const whole = trace.filter(({ cut }) => !cut);
    expect(trace.some(({ name }) => name.startsWith("uniform "))).toBe(true);
    expect(new Set(trace.map(({ name }) => name.replace(/^uniform \d+, /, ""))).size).toBeGreaterThan(3);
    for (const { bytes } of trace) expect(bytes).toBeLessThanOrEqual(0.6 * found.floatBytes);
    // Other samples choose among the three that lose least.
    const least = whole.map(({ measured }) => measured.value).toSorted((a, b) => a - b)[2] as number;
    const chosen = whole.find(({ bytes, name }) => bytes === found.bytes && name === found.style) as Weighed;
    expect(chosen.measured.value).toBeLessThanOrEqual(least);
    expect([found.confirmed, found.complete, found.measured.n]).toEqual([true, true, 20]);
    expect(found.predicted.high).toBeGreaterThan(found.predicted.low);
  });

  test("a person's own recipe is measured beside what was predicted of it", async () => {
    const own = { schema: "bitscape/recipe/1", defaults: { weight: { format: "int3" } } };
    const recipe = await folder.write("measured.json", JSON.stringify(own));
    const asked = ["--size", "80%", "--recipe", recipe, "--data", data, "--evaluations", "4"];
    const { own: found } = await allocated(...asked);
    const file = folder.at("measured.onnx");
    await bitscape(["quantize", model, "--recipe", recipe, "--data", data, "--output", file]);
    const ran = await bitscape(["evaluate", file, "--reference", model, "--data", data, "--json"]);
    const { value, n } = JSON.parse(ran.out);
    expect(found.measured.n).toBe(n);
    expect(found.measured.value / value).toBeCloseTo(1, 4);
    const { predicted, measured } = found;
    expect(found.outside).toBe(measured.low > predicted.high || measured.high < predicted.low);
  });

  test("stopped by Ctrl-C, keeps the least so far and says so", async () => {
    const output = folder.at("least.json");
    const args = ["allocate", model, "--sensitivity", sensitivity, "--size", "60%", "--data", data];
    const ran = await bitscape([...args, "--json", "--output", output], (what, done, abort) => {
      if (what === "measuring joint recipes" && done === 3) abort();
    });
    expect(ran.code).toBe(130);
    const found = JSON.parse(await readFile(output, "utf8"));
    expect([found.complete, found.trace.length]).toEqual([false, 3]);
    const whole = (found.trace as Weighed[]).filter(({ cut }) => !cut);
    expect(found.measured.value).toBe(Math.min(...whole.map(({ measured }) => measured.value)));
  });
});

describe("refusals", () => {
  test("budgets that cannot be kept say by how much, and exit with 2", async () => {
    const said = await refused("--sensitivity", sensitivity, "--size", "1000");
    expect(said).toMatch(
      /^size: 1000 bytes, expected at least \d+ bytes, the least .* \(\d+ bytes more, \+\d+ %\)$/,
    );
    const least = Number(/at least (\d+)/.exec(said)?.[1]);
    expect((await allocated("--size", String(least))).bytes).toBe(least);
  });

  test.each([
    [["--size", "50%"], "--sensitivity: missing"],
    [["--sensitivity", "S"], "expected a budget"],
    [["--sensitivity", "S", "--size", "many"], "--size: many, expected bytes"],
    [["--sensitivity", "S", "--size", "50%", "--lock", "first"], "--lock: first, expected LAYER=BITS"],
    [["--sensitivity", "S", "--size", "50%", "--lock", "nowhere=8"], 'layer "nowhere": not in'],
    [["--sensitivity", "S", "--size", "50%", "--rule", "first"], 'rule: "first"'],
    [["--sensitivity", "S", "--size", "50%", "--couple", "first,nowhere"], 'layer "nowhere": not in'],
    [["--sensitivity", "S", "--size", "50%", "--targets", "bias"], "--targets: bias"],
    [["--sensitivity", "S", "--size", "50%", "--preset", "w99"], "--preset: w99"],
    [["--sensitivity", "S", "--size", "50%", "--max-drop", "1"], "expected it alone"],
    [["--sensitivity", "M", "--size", "50%"], "not JSON"],
  ])("%j", async (args, sentence) => {
    const paths: Record<string, string> = { S: sensitivity, M: model };
    expect(await refused(...args.map((each) => paths[each] ?? each))).toContain(sentence);
  });

  test("a drop needs labels", async () => {
    const said = await refused("--sensitivity", sensitivity, "--max-drop", "1", "--data", unlabelled);
    expect(said).toContain("--max-drop: data without labels");
  });
});

describe("the smallest file within a drop", () => {
  test("is the smallest of the trace that keeps it, with its interval", async () => {
    const found = await allocated("--max-drop", "10", "--data", data, "--evaluations", "12");
    expect(found.complete).toBe(true);
    expect(found.drop.value).toBeLessThanOrEqual(10);
    expect(found.drop.high).toBeGreaterThanOrEqual(found.drop.value);
    expect(found.trace.length).toBeLessThanOrEqual(12);
    expect(found.confirmed).toBe(true);
    type Tried = { bytes: number; within: boolean; drop: { value: number }; confirmed?: { value: number } };
    const left = (found.trace as Tried[]).filter(
      ({ within, confirmed }) => within && (confirmed?.value ?? 0) <= 10,
    );
    expect(found.bytes).toBe(Math.min(...left.map(({ bytes }) => bytes)));
    for (const { drop, within } of found.trace as Tried[]) expect(drop.value <= 10).toBe(within);
  });

  test("stopped by Ctrl-C, keeps the best so far and says so", async () => {
    const output = folder.at("stopped.json");
    const args = ["allocate", model, "--sensitivity", sensitivity, "--max-drop", "10", "--data", data];
    const ran = await bitscape([...args, "--json", "--output", output], (what, done, abort) => {
      if (what === "measuring joint recipes" && done === 2) abort();
    });
    expect(ran.code).toBe(130);
    const found = JSON.parse(await readFile(output, "utf8"));
    expect(found.complete).toBe(false);
    expect(found.trace).toHaveLength(2);
    expect(found.recipe.schema).toBe("bitscape/recipe/1");
  });
});
