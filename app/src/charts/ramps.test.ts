import { interpolateMagma, interpolatePuOr, interpolateViridis } from "d3-scale-chromatic";
import { expect, it } from "vitest";
import { magma, puOr, viridis } from "./ramps.ts";

const parsed = (colour: string) =>
  colour.startsWith("#")
    ? [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);

it.each([
  ["magma", magma, interpolateMagma],
  ["viridis", viridis, interpolateViridis],
  ["puOr", puOr, interpolatePuOr],
] as const)("%s is as d3 has it", (_, own, original) => {
  for (let i = 0; i <= 500; i++) {
    const [a, b] = [parsed(own(i / 500)), parsed(original(i / 500))];
    for (const [channel, value] of a.entries()) {
      expect(Math.abs(value - (b[channel] as number)), `${i / 500}`).toBeLessThanOrEqual(3);
    }
  }
});

it("stays at its ends", () => {
  expect([magma(-1), viridis(2)]).toEqual([magma(0), viridis(1)]);
});
