import { encodeModel } from "@bitscape/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { writeNpz } from "../data/index.ts";
import { baseSchemes, type Recipe, type RecipeScheme, schemeFor } from "../recipe.ts";
import { Studio } from "../studio.ts";
import { residualNet, samplesOf } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import type { RemediesReport, ShareReport } from "./calls.ts";
import { allButRow, onlyRow, withTreatment } from "./treated.ts";

const schema = "bitscape/recipe/1" as const;

describe("measured", () => {
  const studio = new Studio({
    runtime: wasmRuntime,
    decode: async (_, name) => {
      throw new Error(`${name}: no images here`);
    },
  });
  const recipe: Recipe = {
    schema,
    defaults: { weight: { format: "int3", granularity: "tensor" }, activation: { format: "uint5" } },
  };
  const idle = () => {};
  const samples = 40;

  let rows: readonly { id: string; sharedWith: readonly string[] }[] = [];
  const rowOf = (id: string) => rows.find((row) => row.id === id) as (typeof rows)[number];

  beforeAll(async () => {
    const file = new File([encodeModel(residualNet.model)], "residual.onnx");
    rows = (await studio.openModel([file], {}, idle)).layers;
    const npz = new File([await writeNpz(samplesOf(residualNet, 64))], "data.npz");
    await studio.openData("data", { kind: "files", files: [npz] }, idle);
  });

  /** The divergence of a recipe by another way: evaluated on all samples. */
  const lossOf = async (of: Recipe) => {
    const score = await studio.evaluate("check", of, idle);
    if (score === "cancelled") throw new Error("cancelled");
    return score.divergence;
  };
  const ended = <T>(value: T | "cancelled"): T => {
    if (value === "cancelled") throw new Error("cancelled");
    return value;
  };

  test.each(["weight", "activation"] as const)(
    "%s: gains are what evaluating both recipes gives",
    async (target) => {
      const seen: RemediesReport[] = [];
      const n = (await lossOf(recipe)).n;
      const request = { recipe, layer: "body", target, samples: n };
      const report = ended(await studio.remedies("r", request, (each) => seen.push(each), idle));
      expect(report.done).toBe(true);
      expect(seen.length).toBeGreaterThan(5);
      expect(seen.every(({ done }) => !done)).toBe(true);
      const present = await lossOf(recipe);
      expect(report.present.loss?.value).toBeCloseTo(present.value, 9);
      const bytes = (await studio.size(recipe)).bytes;
      expect(report.present.bytes).toBe(bytes);
      const full = report.tried.filter(({ gain }) => gain?.n === n);
      expect(full.length).toBeGreaterThan(2);
      // What surely helps, what does not differ, what surely harms; each by its gain.
      const places = report.tried.map(({ gain }) => (gain ? (gain.low > 0 ? 2 : gain.high < 0 ? 0 : 1) : -1));
      expect(places).toEqual([...places].sort((a, b) => b - a));
      const helping = report.tried.filter((_, i) => places[i] === 2).map(({ gain }) => gain?.value as number);
      expect(helping).toEqual([...helping].sort((a, b) => b - a));
      const row = rowOf("body");
      for (const { remedy, gain, bytes: took } of [...full.slice(0, 2), ...full.slice(-1)]) {
        const treated = withTreatment(recipe, row, target, remedy.scheme);
        expect(gain?.value).toBeCloseTo(present.value - (await lossOf(treated)).value, 9);
        expect(took).toBe((await studio.size(treated)).bytes);
      }
      // Float takes more bytes and cannot be a bad remedy of three bits.
      if (target === "weight") {
        const float = report.tried.find(({ remedy }) => remedy.scheme === "float");
        expect(float?.bytes).toBeGreaterThan(bytes);
      }
    },
  );

  test("shares are what evaluating the three recipes gives", async () => {
    const { n } = await lossOf(recipe);
    const seen: ShareReport[] = [];
    const share = ended(
      await studio.shares("s", { recipe, layer: "body", samples: n }, (each) => seen.push(each)),
    );
    const row = rowOf("body");
    expect(share.total.value).toBeCloseTo((await lossOf(recipe)).value, 9);
    expect(share.only.value).toBeCloseTo((await lossOf(onlyRow(recipe, rows, row))).value, 9);
    expect(share.allBut.value).toBeCloseTo((await lossOf(allButRow(recipe, row))).value, 9);
    expect(share.saved.value).toBeCloseTo(share.total.value - share.allBut.value, 9);
    expect(seen.length).toBeGreaterThan(0);
  });

  test("alone is the heatmap's cell", async () => {
    const scheme = { ...baseSchemes.weight, format: "int4" };
    const cells: number[] = [];
    await studio.sweep(
      "sweep",
      { bits: [4], targets: ["weight"], samples: 16 },
      (cell) => cell.layer === "body" && cells.push(cell.finding.value),
      idle,
    );
    const alone = ended(await studio.alone("a", { layer: "body", target: "weight", scheme, samples: 16 }));
    expect(alone.value).toBeCloseTo(cells[0] as number, 9);
    expect(alone.n).toBe(16);
  });

  test("a diagnosis of what is float is refused in a sentence; of the others it has their SQNR", async () => {
    const ask = { recipe: { schema } as Recipe, layer: "body", target: "weight" } as const;
    await expect(studio.diagnose(ask)).rejects.toThrow(
      "layer body: its weight is float in the recipe, expected one that is quantized",
    );
    for (const target of ["weight", "activation"] as const) {
      const scheme = schemeFor(recipe, "body", target) as RecipeScheme;
      const { sqnrDb } = await studio.diagnose({ ...ask, recipe, target });
      expect(sqnrDb).toBe((await studio.histogram("body", target, scheme)).sqnrDb);
    }
  });

  test("cancelling ends the trials", async () => {
    const request = { recipe, layer: "body", target: "weight", samples } as const;
    const running = studio.remedies("c", request, idle, () => void studio.cancel("c"));
    expect(await running).toBe("cancelled");
  });
});
