// bitscape landscape and bitscape optimize: their documents, tables, refusals, and what Ctrl-C leaves.

import { readFile } from "node:fs/promises";
import { writeNpz } from "@bitscape/engine";
import { convNet, samplesOf } from "@bitscape/engine/testing";
import { encodeModel } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;
let model: string;
let recipe: string;
let common: string[];

beforeAll(async () => {
  folder = await Folder.make();
  model = await folder.write("conv.onnx", encodeModel(convNet.model));
  const labels = tensor(
    "int64",
    [24],
    Array.from({ length: 24 }, (_, i) => (i * 7) % 10),
  );
  const data = await folder.write("data.npz", await writeNpz({ ...samplesOf(convNet, 24), labels }));
  recipe = await folder.write(
    "w3a3.json",
    JSON.stringify({
      schema: "bitscape/recipe/1",
      defaults: {
        weight: { format: "int3", granularity: "tensor" },
        activation: { format: "uint3", range: "minmax" },
      },
    }),
  );
  common = ["--data", data, "--calibration", "12", "--threads", "1"];
});
afterAll(() => folder.remove());

async function ran(...args: string[]) {
  const [verb, ...rest] = args as [string, ...string[]];
  const { code, out, err } = await bitscape([verb, model, ...common, ...rest, "--json"]);
  expect([code, err]).toEqual([0, []]);
  return JSON.parse(out);
}

async function refused(...args: string[]): Promise<string> {
  const [verb, ...rest] = args as [string, ...string[]];
  const { code, out, err } = await bitscape([verb, model, ...common, ...rest]);
  expect([code, out, err.length]).toEqual([2, "", 1]);
  return err[0] as string;
}

describe("landscape", () => {
  test("a step slice: axes, losses, points, and the same as a table", async () => {
    const csv = folder.at("slice.csv");
    const found = await ran(
      "landscape",
      "--of",
      "second,head:weight",
      "--bits",
      "3",
      "--grid",
      "4",
      "--csv",
      csv,
    );
    expect(found.axes.map(({ of }: { of: string }) => of)).toEqual(["second:activation", "head:weight"]);
    expect(found.axes[0].values.length).toBe(4);
    expect(found.loss.length).toBe(4);
    expect(found.loss.flat().every((loss: number) => loss >= 0)).toBe(true);
    expect(found.points.map(({ name }: { name: string }) => name)).toContain("joint optimum");
    expect(found.interaction).toBeGreaterThan(0);
    expect(found).toHaveProperty("coupling");
    expect([found.complete, found.n, found.evaluation.n]).toEqual([true, 12, 12]);
    const rows = (await readFile(csv, "utf8")).trim().split("\n");
    expect(rows[0]).toBe("second:activation,head:weight,kl");
    expect(rows.length).toBe(17);
    expect(Number(rows[1 + 4 * 2 + 1]?.split(",")[2])).toBe(found.loss[2][1]);
  });

  test("with nothing asked for it shows the first two inner activations", async () => {
    const found = await ran("landscape", "--grid", "3");
    expect(found.axes.map(({ of }: { of: string }) => of)).toEqual(["second:activation", "pool:activation"]);
    expect(found.axes[0].format).toBe("uint4");
  });

  test("weights along a path, and a plane of random directions", async () => {
    const path = await ran("landscape", "--kind", "weight", "--bits", "4,2", "--grid", "5");
    expect(path.surfaces.map(({ of }: { of: string }) => of)).toEqual(["4 bits", "2 bits"]);
    expect(path.surfaces[0].loss[0][1]).toBeCloseTo(0, 9);
    const plane = await ran(
      ...[
        "landscape",
        "--kind",
        "weight",
        "--directions",
        "random",
        "--bits",
        "2",
        "--grid",
        "3",
        "--seed",
        "5",
      ],
    );
    expect(plane.axes.length).toBe(2);
    expect(plane.surfaces[1].loss.length).toBe(3);
    expect(plane.surfaces[1].flatness).not.toBeNull();
  });

  test("the coupling of all clips", async () => {
    const found = await ran("landscape", "--kind", "coupling", "--bits", "3", "--recipe", recipe);
    expect(found.matrix.length).toBe(found.of.length);
    expect(found.of.every((name: string) => name.endsWith(":activation"))).toBe(true);
  });

  test("refusals are one sentence", async () => {
    expect(await refused("landscape", "--kind", "hill")).toContain("expected step, weight, coupling");
    expect(await refused("landscape", "--of", "second")).toContain("expected two");
    expect(await refused("landscape", "--of", "second,nowhere")).toContain('layer "nowhere"');
    expect(await refused("landscape", "--of", "second,pool:weight")).toContain("has a weight to quantize");
    expect(await refused("landscape", "--bits", "12")).toContain("expected widths from 2 to 8");
    expect(await refused("landscape", "--grid", "2")).toContain("at least 3");
  });

  test("Ctrl-C keeps what was measured", async () => {
    const { code, out } = await bitscape(
      ["landscape", model, ...common, "--grid", "15", "--json"],
      (what, done, abort) => {
        if (what === "measuring" && done > 40) abort();
      },
    );
    expect(code).toBe(130);
    const found = JSON.parse(out);
    expect(found.complete).toBe(false);
    const known = found.loss.flat().filter((loss: number | null) => loss !== null);
    expect(known.length).toBeGreaterThanOrEqual(30);
    expect(known.length).toBeLessThan(225);
  });
});

describe("optimize", () => {
  test("gives a recipe whose file has the loss that it reports, and what that does to others", async () => {
    // Weights alone: a tie that integer kernels round the other way is worth some percent of so small a network's loss.
    const { schema, defaults } = JSON.parse(await readFile(recipe, "utf8"));
    const w3 = await folder.write(
      "w3.json",
      JSON.stringify({ schema, defaults: { weight: defaults.weight } }),
    );
    const found = await ran("optimize", "--recipe", w3, "--sweeps", "1");
    expect(found.after).toBeLessThan(found.before);
    expect(found.trace.length).toBe(found.evaluations);
    expect(found.trace[0].loss).toBe(found.before);
    expect(found.after).toBeLessThanOrEqual(
      Math.min(...found.starts.map(({ loss }: { loss: number }) => loss)),
    );
    expect(found.trace.map(({ loss }: { loss: number }) => loss)).toContain(found.after);
    expect(found.starts.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["current", "max-abs", "percentile 99.99", "MSE", "p = 2"]),
    );
    expect([found.n, found.heldOut.n]).toEqual([12, 12]);
    expect(found.heldOut.starts.length).toBe(4);
    expect(found.top1.after.n).toBe(12);
    const better = await folder.write("better.json", JSON.stringify(found.recipe));
    const output = folder.at("better.onnx");
    const { code } = await bitscape(["quantize", model, ...common, "--recipe", better, "--output", output]);
    expect(code).toBe(0);
    const verified = await bitscape(["verify", model, output, ...common, "--json"]);
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.out).ok).toBe(true);
    const scored = await bitscape([
      ...["evaluate", output, ...common, "--metric", "kl", "--reference", model, "--json"],
    ]);
    const { value } = JSON.parse(scored.out);
    expect(Math.abs(value / found.heldOut.after - 1)).toBeLessThan(0.001);
  });

  test("by coordinates, for cross-entropy", async () => {
    const args = ["--method", "coordinates", "--loss", "cross-entropy", "--sweeps", "1"];
    const found = await ran("optimize", "--recipe", recipe, ...args);
    expect([found.metric, found.method]).toEqual(["cross-entropy", "coordinates"]);
    expect(found.after).toBeLessThanOrEqual(found.before);
  });

  test("refusals are one sentence", async () => {
    expect(await refused("optimize")).toContain("--recipe or --preset: missing");
    expect(await refused("optimize", "--preset", "w4", "--method", "magic")).toContain("lapq or coordinates");
    expect(await refused("optimize", "--preset", "w4", "--loss", "mse")).toContain("kl or cross-entropy");
  });

  test("Ctrl-C writes the best so far and says so", async () => {
    const output = folder.at("stopped.json");
    const { code, out } = await bitscape(
      ["optimize", model, ...common, "--recipe", recipe, "--output", output],
      (what, done, abort) => {
        if (what === "choosing clips" && done >= 20) abort();
      },
    );
    expect(code).toBe(130);
    expect(out).toContain("interrupted: the best so far");
    const found = JSON.parse(await readFile(output, "utf8"));
    expect(found.complete).toBe(false);
    expect(found.trace.length).toBeGreaterThanOrEqual(20);
    expect(found.after).toBeLessThan(found.before);
    expect(found.recipe.schema).toBe("bitscape/recipe/1");
  });
});
