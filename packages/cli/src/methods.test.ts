// bitscape latency, allocate --max-latency and --method, quantize --fold-tokens: their documents, and what they refuse.

import { readFile } from "node:fs/promises";
import { writeNpz } from "@bitscape/engine";
import { convNet, samplesOf } from "@bitscape/engine/testing";
import { decodeModel, encodeModel } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;
let model: string;
let data: string;
let sensitivity: string;
let times: string;

// Milliseconds: the first layer is slower in 8 bits.
const table =
  "layer,op,scheme,ms\n,Conv,float,4\n,Conv,8,1\nfirst,,float,2\nfirst,,8,5\nhead,,float,1\nhead,,8,0.5\n";

beforeAll(async () => {
  folder = await Folder.make();
  model = await folder.write("conv.onnx", encodeModel(convNet.model));
  const labels = Array.from({ length: 24 }, (_, i) => (i * 7) % 10);
  data = await folder.write(
    "data.npz",
    await writeNpz({ ...samplesOf(convNet, 24), labels: tensor("int64", [24], labels) }),
  );
  times = await folder.write("times.csv", table);
  const cells = ["first", "second", "head"].map((layer, i) => ({
    layer,
    target: "weight",
    bits: 8,
    value: 0.01 * (i + 1),
    low: 0.01,
    high: 0.05,
  }));
  sensitivity = await folder.write("sensitivity.json", JSON.stringify({ metric: "kl", cells }));
});
afterAll(() => folder.remove());

async function done(...args: string[]) {
  const ran = await bitscape([...args, "--json"]);
  expect([ran.code, ran.err]).toEqual([0, []]);
  return JSON.parse(ran.out);
}

async function refused(...args: string[]): Promise<string> {
  const ran = await bitscape(args);
  expect([ran.code, ran.out, ran.err.length]).toEqual([2, "", 1]);
  return ran.err[0] as string;
}

const wide = () => ["allocate", model, "--sensitivity", sensitivity];

describe("a budget of time", () => {
  test("from a table: what is slower in 8 bits stays float, and the least says by how much", async () => {
    const found = await done(...wide(), "--max-latency", "5", "--latency-table", times);
    // float is 7 ms; the second layer alone saves 3.
    expect(found.recipe.layers).toEqual({ first: { weight: "float" }, head: { weight: "float" } });
    expect(found.latency).toMatchObject({ source: "times.csv", factor: 1, floatMs: 7, predictedMs: 4 });
    expect(found.budgets.seconds).toBeCloseTo(0.005, 12);
    const least = await done(...wide(), "--max-latency", "50%", "--latency-table", times);
    expect(least.latency.predictedMs).toBeCloseTo(3.5, 9);
    expect(await refused(...wide(), "--max-latency", "3.2", "--latency-table", times)).toMatch(
      /^latency: 0\.0032 s, expected at least 0\.0035 s, the least .*\(0\.0003 s more/,
    );
  });

  test("what latency measures is a table that allocate reads", async () => {
    const found = await done(
      "latency",
      model,
      "--bits",
      "8",
      "--threads",
      "1",
      "--output",
      folder.at("own.json"),
    );
    const written = JSON.parse(await readFile(folder.at("own.json"), "utf8"));
    expect(found === undefined || written.rows.length).toBe(6);
    expect(written.rows.map(({ scheme }: { scheme: string }) => scheme).slice(0, 3)).toEqual([
      "float",
      "float",
      "float",
    ]);
    for (const { ms, n } of written.rows) expect([ms >= 0, n > 0]).toEqual([true, true]);
    expect(written.endToEnd.map(({ name }: { name: string }) => name)).toEqual([
      "float",
      "float weights",
      "8",
    ]);
    const read = await done(...wide(), "--max-latency", "1000%", "--latency-table", folder.at("own.json"));
    expect(read.latency.factor).toBe(written.factor);
  });

  test("measured here: the file's own time stands beside the float file's", async () => {
    const found = await done(
      ...wide(),
      "--max-latency",
      "1000%",
      "--preset",
      "w8a8",
      "--data",
      data,
      "--threads",
      "1",
    );
    expect(found.latency).toMatchObject({ met: true, source: expect.stringContaining("native") });
    expect(found.predicted.value).toBe(0);
    expect(found.latency.trace).toHaveLength(1);
    expect(found.latency.measured.ms).toBeGreaterThan(0);
  });

  test("refuses what is no limit", async () => {
    expect(await refused(...wide(), "--max-latency", "fast")).toContain(
      "--max-latency: fast, expected milliseconds",
    );
    expect(await refused(...wide(), "--latency-table", times, "--size", "50%")).toContain(
      "without --max-latency",
    );
    const none = await folder.write("none.csv", "layer,ms\nfirst,1\n");
    expect(await refused(...wide(), "--max-latency", "5", "--latency-table", none)).toContain(
      "none.csv: row 1",
    );
  });
});

describe("methods", () => {
  test("HAWQ-V3 says its traces, its Ω and what it measured", async () => {
    const found = await done(
      "allocate",
      model,
      "--data",
      data,
      "--method",
      "hawq",
      "--level",
      "size=low",
      "--bits",
      "2,4,8",
      "--samples",
      "8",
    );
    expect(found.layers.map(({ layer, fixed }: { layer: string; fixed: boolean }) => [layer, fixed])).toEqual(
      [
        ["first", true],
        ["second", false],
        ["head", true],
      ],
    );
    expect(found.taken.size.value).toBeLessThanOrEqual(found.taken.size.limit);
    expect(found.layers[1].bits).toBe(2);
    expect(found.measured).toMatchObject({ n: 8, source: "measured" });
    expect(found.bytes).toBeGreaterThan(0);
  }, 60_000);

  test("MixDQ says its groups and candidates, and measures the answer on samples it did not see", async () => {
    const groups = await folder.write(
      "groups.json",
      JSON.stringify([
        { name: "stem", match: "first", metric: "sqnr" },
        { name: "rest", metric: "kl" },
      ]),
    );
    const found = await done(
      "allocate",
      model,
      "--data",
      data,
      "--method",
      "mixdq",
      "--avg-bits",
      "5",
      "--groups",
      groups,
      "--samples",
      "12",
      "--evaluations",
      "4",
    );
    expect(
      found.groups.map(({ name, layers }: { name: string; layers: string[] }) => [name, layers]),
    ).toEqual([
      ["stem", ["first"]],
      ["rest", ["second", "head"]],
    ]);
    expect(found.candidates.length).toBeGreaterThan(0);
    expect(found.measured.n).toBe(6);
    expect(found.searched.n).toBe(6);
  });

  test("refuse what they do not know", async () => {
    expect(await refused("allocate", model, "--method", "best")).toBe(
      "--method: best, expected hawq or mixdq",
    );
    expect(await refused("allocate", model, "--data", data, "--method", "hawq", "--level", "tiny")).toContain(
      "expected high, medium, low",
    );
    expect(
      await refused("allocate", model, "--data", data, "--method", "hawq", "--level", "speed=low"),
    ).toContain("expected one of size, bops, latency");
    expect(await refused("allocate", model, "--data", data, "--method", "hawq", "--bits", "8")).toContain(
      "two or more widths",
    );
    expect(await refused("allocate", model, "--data", data, "--method", "mixdq")).toContain(
      "--avg-bits: missing",
    );
    expect(
      await refused("allocate", model, "--data", data, "--method", "mixdq", "--avg-bits", "5"),
    ).toContain("expected --groups to part them");
  });
});

test("tokens: a network without any says so, and is written all the same", async () => {
  const output = folder.at("plain.onnx");
  const found = await done(
    "quantize",
    model,
    "--data",
    data,
    "--preset",
    "w8",
    "--fold-tokens",
    "--output",
    output,
  );
  expect(found.warnings).toContainEqual(expect.stringContaining("tokens: no layer that multiplies"));
  expect(found.recipe.tokens).toBeUndefined();
  expect(decodeModel(await readFile(output)).metadata.get("bitscape.tokens")).toBeUndefined();
  const without = await refused("quantize", model, "--preset", "w8", "--fold-tokens", "--output", output);
  expect(without).toContain("--fold-tokens: without --data");
});
