import { formatRows } from "@bitscape/quant";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { baseSchemes, presetRecipe, presets, type Recipe, recipeKey, schemeFor } from "./recipe.ts";
import { parseRecipe, recipeSchema } from "./recipeSchema.ts";

const schema = "bitscape/recipe/1" as const;

describe("what a layer gets", () => {
  const recipe: Recipe = {
    schema,
    defaults: { weight: { format: "int4", range: "mse" }, activation: { format: "uint8" } },
    layers: {
      bare: {},
      own: { weight: { granularity: { block: 16 } } },
      kept: "float",
      half: { weight: "float" },
      wide: { activation: { format: "uint4", symmetric: true } },
    },
  };
  const weight = { ...baseSchemes.weight, format: "int4", range: "mse" };
  const activation = { ...baseSchemes.activation, format: "uint8" };

  test.each([
    ["unnamed", weight, activation],
    ["bare", weight, activation],
    ["own", { ...weight, granularity: { block: 16 } }, activation],
    ["kept", undefined, undefined],
    ["half", undefined, activation],
    ["wide", weight, { ...activation, format: "uint4", symmetric: true }],
  ])("%s", (layer, weights, activations) => {
    expect(schemeFor(recipe, layer, "weight")).toEqual(weights);
    expect(schemeFor(recipe, layer, "activation")).toEqual(activations);
  });

  test("nothing without defaults, the base scheme under a layer's own", () => {
    const sparse: Recipe = { schema, layers: { a: { weight: { format: "int2" } } } };
    expect(schemeFor(sparse, "b", "weight")).toBeUndefined();
    expect(schemeFor(sparse, "a", "activation")).toBeUndefined();
    expect(schemeFor(sparse, "a", "weight")).toEqual({ ...baseSchemes.weight, format: "int2" });
  });

  test("a layer's scheme over float defaults starts from the base", () => {
    const mostly: Recipe = {
      schema,
      defaults: { weight: "float" },
      layers: { a: { weight: { format: "int3" } } },
    };
    expect(schemeFor(mostly, "b", "weight")).toBeUndefined();
    expect(schemeFor(mostly, "a", "weight")).toEqual({ ...baseSchemes.weight, format: "int3" });
  });

  test("fields that are undefined are left out", () => {
    const holes: Recipe = {
      schema,
      defaults: { weight: { format: "int4" } },
      layers: { a: { weight: { format: undefined } } },
    };
    expect(schemeFor(holes, "a", "weight")?.format).toBe("int4");
  });
});

describe("parsing", () => {
  test("the document of the contracts", () => {
    const document = {
      schema,
      model: { name: "squeezenet1.1.onnx", sha256: "…" },
      seed: 0,
      defaults: {
        weight: { format: "int8", granularity: "channel", symmetric: true, range: "minmax" },
        activation: {
          format: "uint8",
          granularity: "tensor",
          symmetric: false,
          range: { percentile: 99.99 },
        },
      },
      layers: {
        "fire2/squeeze1x1": { weight: { format: "int4", granularity: { block: 32 }, range: "mse" } },
        conv1: "float",
      },
      repairs: ["bias-correction"],
      preprocess: { resize: 256, crop: 224, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    };
    expect(parseRecipe(document)).toEqual(document);
  });

  test.each([
    [{ schema, colour: 1 }, 'r.json: the document: Unrecognized key: "colour"'],
    [{ schema, defaults: { weights: {} } }, 'r.json: defaults: Unrecognized key: "weights"'],
    [
      { schema, layers: { "a.b": { weight: { fromat: "int4" } } } },
      'r.json: layers.a.b.weight: Unrecognized key: "fromat"',
    ],
    [{ schema, layers: { a: { wieght: {} } } }, 'r.json: layers.a: Unrecognized key: "wieght"'],
    [
      { schema, layers: { a: { weight: { format: "int9" } } } },
      'r.json: layers.a.weight.format: format: "int9", expected ',
    ],
    [
      { schema, layers: { a: { weight: { format: "codebook(1)" } } } },
      "r.json: layers.a.weight.format: format codebook(1): ",
    ],
    [
      { schema, defaults: { activation: { format: "nf4" } } },
      'r.json: defaults.activation.format: activation format: "nf4", expected int2 to int8, uint2 to uint8, int16, ',
    ],
    [{ schema, defaults: { activation: { format: "uint1" } } }, "r.json: defaults.activation.format: "],
    [{ schema, defaults: { activation: { memory: "compact" } } }, "r.json: defaults.activation: "],
    [{ schema, defaults: { weight: { memory: "small" } } }, "r.json: defaults.weight.memory: "],
    [
      { schema, layers: { a: { weight: { granularity: { block: 32, axis: 1 } } } } },
      'r.json: layers.a.weight.granularity: Unrecognized key: "axis"',
    ],
    [
      { schema, layers: { a: { weight: { granularity: { block: 3 } } } } },
      "r.json: layers.a.weight.granularity.block: ",
    ],
    [
      { schema, defaults: { activation: { range: { percentile: 101 } } } },
      "r.json: defaults.activation.range.percentile: ",
    ],
    [{ schema, defaults: { weight: { range: { lp: 0 } } } }, "r.json: defaults.weight.range.lp: "],
    [{ schema, defaults: { weight: { range: { ratio: 0 } } } }, "r.json: defaults.weight.range.ratio: "],
    [
      { schema, defaults: { weight: { range: { ratio: 1, of: { ratio: 2 } } } } },
      "r.json: defaults.weight.range.of",
    ],
    [
      { schema, defaults: { weight: { range: { clip: [0.1, 1] } } } },
      "r.json: defaults.weight.range.clip.0: ",
    ],
    [
      { schema, defaults: { weight: { range: { clip: [0, 0] } } } },
      "r.json: defaults.weight.range.clip: no range, expected low ≤ 0 ≤ high and low < high",
    ],
    [{ schema, seed: -1 }, "r.json: seed: "],
    [{ schema: "bitscape/recipe/2" }, "r.json: schema: "],
    [{}, "r.json: schema: "],
    [[], "r.json: the document: "],
    [null, "r.json: the document: "],
    [{ schema, layers: { a: 4 } }, "r.json: layers.a: "],
  ])("%j is refused by name", (json, sentence) => {
    expect(() => parseRecipe(json, "r.json")).toThrow(sentence);
    expect(() => parseRecipe(json, "r.json")).toThrow(/, expected bitscape\/recipe\/1$/);
  });
});

test("every range rule parses, and as what a ratio is of", () => {
  for (const of of ["minmax", "mse", "sawb", { percentile: 99.9 }, { lp: 2.5 }, { clip: [-0.5, 0] }]) {
    for (const range of [of, { ratio: 0.618, of }, { ratio: 1.2 }]) {
      const recipe = { schema, defaults: { weight: { range }, activation: { range } } };
      expect(parseRecipe(recipe)).toEqual(recipe);
    }
  }
});

test("every example of every format parses, spaces and all", () => {
  for (const format of formatRows.flatMap(({ examples }) => examples)) {
    const recipe = { schema, defaults: { weight: { format, memory: "compact", centroids: "int8" } } };
    expect(parseRecipe(recipe)).toEqual(recipe);
  }
  expect(() => parseRecipe({ schema, defaults: { weight: { format: "fp( 4, 3 )" } } })).not.toThrow();
  for (const format of ["int2", "uint8", "int16", "uint16", "float8e4m3", "float8e5m2"]) {
    expect(() => parseRecipe({ schema, defaults: { activation: { format } } })).not.toThrow();
  }
});

describe("presets", () => {
  test("each is a recipe that parses", () => {
    expect(Object.keys(presets)).toEqual(["w8a8", "w8", "w4", "w4a8", "w2", "fp8"]);
    for (const name of Object.keys(presets)) {
      const recipe = presetRecipe(name);
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
      const activations = schemeFor(recipe, "any", "activation");
      if (name === "fp8") {
        expect([schemeFor(recipe, "any", "weight")?.format, activations?.format]).toEqual([
          "float8e4m3",
          "float8e4m3",
        ]);
        continue;
      }
      expect(schemeFor(recipe, "any", "weight")?.format).toBe(`int${name[1]}`);
      expect(activations?.format).toBe(name.endsWith("a8") ? "uint8" : undefined);
    }
  });

  test("none of another name", () => {
    for (const name of ["w16", "", "toString"]) {
      expect(() => presetRecipe(name)).toThrow(
        `preset: "${name}", expected one of w8a8, w8, w4, w4a8, w2, fp8`,
      );
    }
  });
});

describe("the key of a recipe", () => {
  const a: Recipe = {
    schema,
    seed: 1,
    defaults: { weight: { format: "int8", symmetric: true } },
    layers: { x: "float", y: { weight: { format: "int4", range: { percentile: 99 } } } },
  };
  const b: Recipe = {
    layers: { y: { weight: { range: { percentile: 99 }, format: "int4" } }, x: "float" },
    defaults: { weight: { symmetric: true, format: "int8" } },
    seed: 1,
    schema,
  };

  test("does not depend on the order of keys, nor on absent ones", () => {
    expect(recipeKey(b)).toBe(recipeKey(a));
    expect(recipeKey({ ...a, model: undefined })).toBe(recipeKey(a));
    expect(JSON.parse(recipeKey(a))).toEqual(a);
  });

  test("depends on what is decided, and on the order of lists", () => {
    expect(recipeKey({ ...a, seed: 2 })).not.toBe(recipeKey(a));
    expect(recipeKey({ ...a, layers: { ...a.layers, x: {} } })).not.toBe(recipeKey(a));
    const mean = (values: number[]) => recipeKey({ schema, preprocess: { mean: values } });
    expect(mean([1, 2])).not.toBe(mean([2, 1]));
  });
});

// Node's file system, without Node's types in a package for workers.
interface Files {
  readonly readFileSync: (path: string, encoding: "utf8") => string;
  readonly writeFileSync: (path: string, text: string) => void;
}
declare const process: {
  readonly getBuiltinModule: (name: "fs") => Files;
  readonly env: Readonly<Record<string, string | undefined>>;
};

test("the published schema is the code's (to write it: WRITE_SCHEMA=1 npx vitest run recipe; npm run fix)", () => {
  const { readFileSync, writeFileSync } = process.getBuiltinModule("fs");
  const path = decodeURIComponent(new URL("../recipe.schema.json", import.meta.url).pathname);
  const code = { $id: schema, title: "Bitscape recipe", ...z.toJSONSchema(recipeSchema) };
  if (process.env.WRITE_SCHEMA) writeFileSync(path, JSON.stringify(code, null, 2));
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(JSON.parse(JSON.stringify(code)));
});
