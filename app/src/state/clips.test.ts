import { baseSchemes } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { type Held, isMirrored, keyMove, movedEnds, movedScheme } from "./clips.ts";
import type { Scheme } from "./edits.ts";

const scheme = (fields: Partial<Scheme>): Scheme => ({ ...baseSchemes.weight, ...fields });
const affine = scheme({ format: "uint8", symmetric: false, granularity: "tensor" });

describe("one range", () => {
  const held: Held = { scheme: affine, low: -1, high: 3, one: true };
  it("moves one end of an asymmetric grid by itself, and keeps zero within", () => {
    expect(movedEnds(held, "high", 2)).toEqual({ low: -1, high: 2 });
    expect(movedScheme(held, "high", 2).range).toEqual({ clip: [-1, 2] });
    expect(movedScheme(held, "low", -0.123456).range).toEqual({ clip: [-0.1235, 3] });
    expect(movedScheme(held, "low", 0.7).range).toEqual({ clip: [0, 3] });
    expect(movedScheme(held, "high", -5).range).toEqual({ clip: [-1, 0] });
    // Wider than the values is allowed: somebody knows what is to come.
    expect(movedScheme(held, "high", 9).range).toEqual({ clip: [-1, 9] });
  });
  it("keeps something between the ends", () => {
    const oneSided: Held = { ...held, low: 0 };
    expect(movedEnds(oneSided, "high", -1).high).toBeGreaterThan(0);
  });
  it("mirrors a symmetric grid: both ends by the same factor", () => {
    const int8: Held = { scheme: scheme({ granularity: "tensor" }), low: -1.28, high: 1.27, one: true };
    expect(movedEnds(int8, "high", 0.635)).toEqual({ low: -0.64, high: 0.635 });
    expect(movedScheme(int8, "low", -0.64).range).toEqual({ clip: [-0.64, 0.635] });
  });
  it("mirrors formats that have no zero point, whatever the scheme says of one", () => {
    expect(isMirrored(scheme({ format: "nf4", symmetric: false }))).toBe(true);
    expect(isMirrored(affine)).toBe(false);
  });
});

describe("a range a channel, or a block", () => {
  it("multiplies all of them", () => {
    const held: Held = { scheme: scheme({ range: "mse" }), low: -2, high: 1.9, one: false };
    expect(movedScheme(held, "high", 0.95).range).toEqual({ ratio: 0.5, of: "mse" });
    expect(movedEnds(held, "high", 0.95)).toEqual({ low: -1, high: 0.95 });
    const again: Held = { ...held, scheme: scheme({ range: { ratio: 0.5 } }), low: -1, high: 0.95 };
    expect(movedScheme(again, "low", -2).range).toEqual({ ratio: 1 });
    const never = movedScheme(held, "high", -3).range as { ratio: number };
    expect(never.ratio).toBeGreaterThan(0);
  });
});

it("keys move by hundredths of the range, tenths with Shift or a page", () => {
  expect([
    keyMove("ArrowRight", false, 4),
    keyMove("ArrowDown", true, 4),
    keyMove("PageUp", false, 4),
  ]).toEqual([0.04, -0.4, 0.4]);
  expect(keyMove("a", false, 4)).toBeNull();
});
