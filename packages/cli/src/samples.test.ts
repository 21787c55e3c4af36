// What the catalogue of bundled samples says of their files, compared with the files.

import { samples } from "@bitscape/samples";
import { expect, it } from "vitest";
import { bitscape } from "./testing.ts";

it.each(samples)("$name is what its card says", async ({ file, bytes, parameters, layers }) => {
  const path = decodeURIComponent(new URL(`../../../public/${file}`, import.meta.url).pathname);
  const { code, out } = await bitscape(["inspect", path, "--json"]);
  expect(code).toBe(0);
  const found = JSON.parse(out);
  const weighted = found.layers.filter(({ weight }: { weight: unknown }) => weight !== null).length;
  expect([found.bytes, found.parameters, weighted]).toEqual([bytes, parameters, layers]);
});
