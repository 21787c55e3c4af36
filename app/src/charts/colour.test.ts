import { describe, expect, it } from "vitest";
import { colourAt, domain, gradient, inks, lossColour, position } from "./colour.ts";

/** Relative luminance of an rgb() or #rrggbb colour (WCAG 2.2). */
function luminance(colour: string): number {
  const numbers = colour.startsWith("#")
    ? [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  const [r = 0, g = 0, b = 0] = numbers.map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a: string, b: string) => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

describe("position", () => {
  it("is logarithmic and stays at the ends", () => {
    expect(position(domain[0])).toBe(0);
    expect(position(domain[1])).toBe(1);
    expect(position(Math.sqrt(domain[0] * domain[1]))).toBeCloseTo(0.5);
    expect(position(100)).toBe(1);
  });
  it("takes what noise and failure give", () => {
    expect([position(0), position(-1), position(Number.NaN)]).toEqual([0, 0, 0]);
    expect(position(Number.POSITIVE_INFINITY)).toBe(1);
  });
});

describe.each([true, false])("dark %s", (dark) => {
  it("runs from the page towards the ink, step by step", () => {
    const lights = Array.from({ length: 21 }, (_, i) => luminance(colourAt(i / 20, dark)));
    const ordered = [...lights].sort((a, b) => (dark ? a - b : b - a));
    expect(lights).toEqual(ordered);
  });
  it("sets harm off from the page", () => {
    expect(contrast(lossColour(1, dark), inks(dark).surface)).toBeGreaterThan(7);
  });
  it("has a gradient of the same colours", () => {
    expect(gradient(dark)).toContain(colourAt(0, dark));
    expect(gradient(dark)).toContain(colourAt(1, dark));
  });
});
