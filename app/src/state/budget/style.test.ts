import { presetRecipe, type Recipe } from "@bitscape/engine";
import { expect, it } from "vitest";
import { withStyle } from "./solving.ts";

const schema = "bitscape/recipe/1";

it("keeps how weights would be stored where all of them became float", () => {
  const before = presetRecipe("w4");
  const layers: Recipe["layers"] = { a: { weight: "float" } };
  expect(withStyle({ schema, layers }, before).defaults).toEqual(before.defaults);
  const own: Recipe = { schema, defaults: { weight: { format: "int3" } }, layers };
  expect(withStyle(own, before)).toBe(own);
  expect(withStyle({ schema, layers }, { schema })).toEqual({ schema, layers });
});
