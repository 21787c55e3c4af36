import { formatFacts } from "@bitscape/quant";
import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { baseSchemes, type Recipe, type RecipeScheme, schemeFor } from "../recipe.ts";
import { parseRecipe } from "../recipeSchema.ts";
import { candidatesOf } from "./candidates.ts";
import { checkChannels } from "./channels.ts";
import { type TensorFacts, troublesOf } from "./diagnosis.ts";
import { usedOf } from "./look.ts";
import { pairedFinding, verdictOf } from "./paired.ts";
import { roundsOf } from "./race.ts";
import { allButRow, onlyRow, withTreatment } from "./treated.ts";

const schema = "bitscape/recipe/1" as const;

describe("the plan", () => {
  const present: readonly (readonly ["weight" | "activation", Partial<RecipeScheme>])[] = [
    ["weight", {}],
    ["weight", { format: "int4", granularity: "tensor", range: "sawb" }],
    ["weight", { format: "uint4", symmetric: false, granularity: { block: 32 }, rounding: "squant" }],
    ["weight", { format: "int4", range: { ratio: 0.8, of: { clip: [-1, 2] } } }],
    ["weight", { format: "nf4", granularity: { block: 16 } }],
    ["weight", { format: "ternary" }],
    ["weight", { format: "int1", symmetric: false }],
    ["weight", { format: "product(16,4)" }],
    ["weight", { format: "int16" }],
    ["activation", {}],
    ["activation", { format: "int4", symmetric: true, range: "mse" }],
    ["activation", { format: "float8e4m3" }],
  ];
  test.each(present)(
    "%s %j: each is another scheme, once, and one that a recipe can have",
    (target, fields) => {
      const scheme = { ...baseSchemes[target], ...fields };
      const found = candidatesOf(target, scheme);
      expect(found.length).toBeGreaterThan(1);
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
      expect(found.at(-1)).toMatchObject({ kind: "float", scheme: "float" });
      for (const remedy of found) {
        const recipe = { schema, layers: { x: { [target]: remedy.scheme } } };
        expect(parseRecipe(recipe)).toEqual(recipe);
        expect(remedy.scheme).not.toEqual(scheme);
        if (remedy.scheme === "float") continue;
        // Only a remedy that says so takes more bits.
        const wider = formatFacts(remedy.scheme.format).bits > formatFacts(scheme.format).bits;
        expect(wider).toBe(remedy.kind === "bits");
        // Activations have one scale and are rounded to nearest.
        if (target === "activation") {
          expect([remedy.scheme.granularity, remedy.scheme.rounding]).toEqual(["tensor", undefined]);
        }
      }
    },
  );

  test("finer scales are tried only where they are finer", () => {
    const blocks = (granularity: RecipeScheme["granularity"]) =>
      candidatesOf("weight", { ...baseSchemes.weight, granularity })
        .filter(({ kind }) => kind === "granularity")
        .map(({ scheme }) => scheme !== "float" && scheme.granularity);
    expect(blocks("tensor")).toEqual(["channel", { block: 32 }, { block: 16 }]);
    expect(blocks("channel")).toEqual([{ block: 32 }, { block: 16 }]);
    expect(blocks({ block: 32 })).toEqual([{ block: 16 }]);
    expect(blocks({ block: 8 })).toEqual([]);
  });
});

describe("channels", () => {
  test("outliers are beyond three medians of those that live; dead ones are all zero", () => {
    const low = [-1, -1, 0, -1, -5, 0, 0.5];
    const high = [1, 0.5, 0, 1, 5, 7, 1];
    const { outliers, dead, median, ranges } = checkChannels({ low, high });
    // By hand: 2, 1.5, 0, 2, 10, 7, 1 (zero is always in the range); without the dead one the middle two are both 2.
    expect(Array.from(ranges)).toEqual([2, 1.5, 0, 2, 10, 7, 1]);
    expect(median).toBe(2);
    expect(outliers).toEqual([4, 5]);
    expect(dead).toEqual([2]);
    expect(checkChannels({ low: [0, 0], high: [0, 0] })).toMatchObject({
      outliers: [],
      dead: [0, 1],
      median: 0,
    });
  });
});

describe("paired differences", () => {
  test("equal samples differ by nothing, a constant by itself", () => {
    expect(pairedFinding([1, 2, 3], [1, 2, 3], "x")).toMatchObject({ value: 0, low: 0, high: 0, n: 3 });
    const { value, low, high } = pairedFinding([2, 3, 4], [1, 2, 3], "x");
    expect([value, low, high]).toEqual([1, 1, 1]);
    expect(verdictOf({ low, high })).toBe("better");
    expect(verdictOf({ low: -1, high: 0.1 })).toBe("noise");
    expect(verdictOf({ low: -1, high: -0.1 })).toBe("worse");
  });

  test("the interval holds the mean of heavy-tailed differences about as often as it says", () => {
    const random = seededRandom(5);
    // Log-normal divergences with σ = 1.5, of which one treatment takes a quarter, with noise of its own.
    const draw = () => Math.exp(1.5 * normal(random));
    const mean = 0.25 * Math.exp(1.5 ** 2 / 2);
    let [held, alarms] = [0, 0];
    for (let trial = 0; trial < 500; trial++) {
      const before = Float64Array.from({ length: 64 }, draw);
      const after = before.map((each) => each * (0.75 + 0.2 * normal(random)));
      const { low, high } = pairedFinding(before, after, "x");
      if (low <= mean && mean <= high) held++;
      const same = before.map((each) => each * (1 + 0.3 * normal(random)));
      if (verdictOf(pairedFinding(before, same, "x")) !== "noise") alarms++;
    }
    // The normal interval would hold it in 82 of 100; what makes no difference must seldom seem to.
    expect(held / 500).toBeGreaterThan(0.86);
    expect(alarms / 500).toBeLessThan(0.05);
  });
});

describe("the diagnosis", () => {
  const sound: TensorFacts = {
    target: "weight",
    peak: 3,
    clipped: 0,
    codes: { all: 16, used: 16, holding: 12 },
    idle: 0.02,
    channels: {
      ...checkChannels({ low: new Float32Array(8).fill(-1), high: new Float32Array(8).fill(1) }),
      elements: 144,
    },
    depthwise: false,
    whole: true,
  };
  const kinds = (facts: Partial<TensorFacts>) => troublesOf({ ...sound, ...facts }).map(({ kind }) => kind);

  test("a sound tensor has none; each fact has its own", () => {
    expect(kinds({})).toEqual([]);
    const low = new Float32Array(8).fill(-1);
    low[5] = -40;
    low[2] = 0;
    const high = low.map((each) => -each);
    const channels = { ...checkChannels({ low, high }), elements: 144 };
    expect(kinds({ channels })).toEqual(["outlier-channels", "dead-channels"]);
    const [outlier] = troublesOf({ ...sound, channels });
    // The widest has 80, the median 2: of 16 values the median channel reaches less than one.
    expect(outlier?.sentence).toContain("channel 5 has 40 times, and all share one scale: of 16 grid values");
    expect(outlier?.treatedBy).toContain("granularity");
    expect(troublesOf({ ...sound, channels, whole: false })[0]?.treatedBy).toEqual(["range"]);
    expect(kinds({ peak: 23 })).toEqual(["far-values"]);
    expect(kinds({ codes: { all: 256, used: 90, holding: 30 } })).toEqual(["unused-codes"]);
    expect(kinds({ clipped: 0.04 })).toEqual(["clipping"]);
    expect(kinds({ idle: 0.45 })).toEqual(["one-sided"]);
    expect(kinds({ depthwise: true })).toEqual(["few-weights"]);
  });

  test("codes in use, and the fewest that hold 95 %", () => {
    expect(usedOf(Float64Array.of(0, 50, 45, 4, 1, 0))).toEqual({ all: 6, used: 4, holding: 2 });
    expect(usedOf(Float64Array.of(1, 1, 1, 1))).toEqual({ all: 4, used: 4, holding: 4 });
  });
});

test("rounds grow fourfold and end with the samples", () => {
  expect(roundsOf(1000)).toEqual([
    [0, 64],
    [64, 256],
    [256, 1000],
  ]);
  expect(roundsOf(40)).toEqual([[0, 40]]);
});

describe("recipes of one layer", () => {
  const recipe: Recipe = {
    schema,
    defaults: { weight: { format: "int4" }, activation: {} },
    layers: { b: "float", c: { weight: { format: "int2" } } },
  };
  const c = { id: "c", sharedWith: ["d"] };
  const rows = ["a", "b", "c", "d"].map((id) => ({ id }));
  test("only: it has what it had, all others are float", () => {
    const only = onlyRow(recipe, rows, c);
    for (const target of ["weight", "activation"] as const) {
      expect(schemeFor(only, "c", target)).toEqual(schemeFor(recipe, "c", target));
      for (const id of ["a", "b", "d"]) expect(schemeFor(only, id, target)).toBeUndefined();
    }
    expect(only.defaults).toEqual(recipe.defaults);
  });
  test("all but: it is float with what it shares, all others have what they had", () => {
    const but = allButRow(recipe, c);
    expect([schemeFor(but, "c", "weight"), schemeFor(but, "c", "activation")]).toEqual([
      undefined,
      undefined,
    ]);
    expect(schemeFor(but, "d", "activation")).toBeUndefined();
    expect(schemeFor(but, "d", "weight")).toEqual(schemeFor(recipe, "d", "weight"));
    expect(schemeFor(but, "a", "weight")).toEqual(schemeFor(recipe, "a", "weight"));
  });
  test("a treatment of weights leaves the activations as they were, also of what was float", () => {
    const treated = withTreatment(recipe, { id: "b", sharedWith: [] }, "weight", { format: "int8" });
    expect(schemeFor(treated, "b", "weight")?.format).toBe("int8");
    expect(schemeFor(treated, "b", "activation")).toBeUndefined();
  });
});
