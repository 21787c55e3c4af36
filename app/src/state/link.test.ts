// @vitest-environment node

import { presetRecipe, type Recipe } from "@bitscape/engine";
import { expect, test } from "vitest";
import { linked, linkOf } from "./link.ts";

const recipe: Recipe = {
  ...presetRecipe("w4a8"),
  layers: { "größe/conv ü": { weight: { format: "int3" } }, other: "float" },
};

test("a link brings back the recipe and the sample that it is for", async () => {
  const link = await linkOf({ recipe, sample: "shapes-resnet" });
  expect(link).toMatch(/^study=[\w-]+$/);
  expect(await linked(`#${link}`)).toEqual({ recipe, sample: "shapes-resnet" });
  expect(await linked(`#${await linkOf({ recipe })}`)).toEqual({ recipe });
});

test("a link is small: a thousand layers are a few kilobytes", async () => {
  const layers = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`/features/${i}/conv`, { weight: { format: "int4" } }] as const),
  );
  expect((await linkOf({ recipe: { ...recipe, layers } })).length).toBeLessThan(9000);
});

test("other addresses bring nothing, damaged ones a sentence", async () => {
  expect(await linked("")).toBeNull();
  expect(await linked("#elsewhere")).toBeNull();
  const link = await linkOf({ recipe });
  await expect(linked(link.slice(0, -12))).rejects.toThrow("link: damaged or cut short, expected");
  const { layers: _, ...rest } = recipe;
  const wrong = await linkOf({ recipe: { ...rest, colour: "red" } as Recipe });
  await expect(linked(wrong)).rejects.toThrow(/^link: .*colour/);
});
