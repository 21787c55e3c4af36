import { describe, expect, it } from "vitest";
import { contourPaths } from "./contourPaths.ts";
import type { Field } from "./field.ts";
import { heatPaths, shades } from "./heatPaths.ts";
import { labelPlaces } from "./labelPlaces.ts";
import { legendValues, levelsOf, placeOn, scaleOf } from "./lossScale.ts";

/** Cells that a path of heatPaths covers: "row column". */
function cells(d: string, rows: number): string[] {
  return [...d.matchAll(/M(\d+) (\d+)h(\d+)/g)].flatMap(([, x, y, width]) =>
    Array.from({ length: Number(width) }, (_, k) => `${rows - 1 - Number(y)} ${Number(x) + k}`),
  );
}

describe("heat", () => {
  const field: Field = { rows: 2, columns: 3, values: [0, 0, 1, 1, Number.NaN, 0.5] };
  it("draws each known cell once, in its shade, rows going up", () => {
    const found = heatPaths(field, (value) => value);
    const byPlace = new Map(found.map(({ place, d }) => [place, cells(d, 2).sort()]));
    expect(byPlace.get(0)).toEqual(["0 0", "0 1"]);
    expect(byPlace.get(1)).toEqual(["0 2", "1 0"]);
    expect(byPlace.get(32 / (shades - 1))).toEqual(["1 2"]);
    expect(found).toHaveLength(3);
  });
});

describe("contours", () => {
  it("go where the value is, and rows go up", () => {
    // Value = row: the level 1.5 lies between rows 1 and 2, which is two cells from the bottom: y = rows − 2.
    const values = Float64Array.from({ length: 4 * 6 }, (_, k) => Math.floor(k / 6));
    const [line] = contourPaths({ rows: 4, columns: 6, values }, [1.5]);
    const ys = [...(line?.d.matchAll(/[ML]([\d.]+) ([\d.]+)/g) ?? [])].map(([, , y]) => Number(y));
    expect(ys.length).toBeGreaterThan(5);
    // Nothing runs along the edge of the picture, where the ring is closed.
    expect(new Set(ys)).toEqual(new Set([2]));
  });
  it("of a line there are none", () => {
    expect(contourPaths({ rows: 1, columns: 3, values: [1, 2, 3] }, [2])).toEqual([]);
  });
});

describe("the scale", () => {
  it("runs over all pictures, leaves out what is not known, and is logarithmic", () => {
    const scale = scaleOf([0.01, Number.NaN, 0.1], [1, Number.POSITIVE_INFINITY]);
    expect(scale).toEqual({ low: 0.01, high: 1 });
    expect(placeOn({ low: 0.01, high: 1 }, 0.1)).toBeCloseTo(0.5);
    expect([placeOn({ low: 0.01, high: 1 }, -1), placeOn({ low: 0.01, high: 1 }, 5)]).toEqual([0, 1]);
    expect(scaleOf([Number.NaN])).toBeNull();
  });
  it("does not blow up noise", () => {
    const scale = scaleOf([1, 1.001]);
    expect(placeOn(scale as { low: number; high: number }, 1.001)).toBeLessThan(0.05);
  });
  it("has levels within and a legend with both ends", () => {
    const levels = levelsOf({ low: 1, high: 100 }, 3);
    expect(levels[1]).toBeCloseTo(10);
    expect(legendValues({ low: 0.02, high: 3 })).toEqual([0.02, 0.1, 1, 3]);
    expect(legendValues({ low: 9e-5, high: 3 })).toEqual([9e-5, 1e-3, 1e-2, 0.1, 3]);
    expect(legendValues({ low: 1e-6, high: 1e6 }).length).toBeLessThan(7);
  });
});

describe("labels", () => {
  const bounds = { left: 0, top: 0, right: 300, bottom: 200 };
  const point = (x: number, y: number, text = "p = 2") => ({ x, y, text });
  const box = (at: { x: number; y: number }, text: string) => ({
    left: at.x,
    right: at.x + 6.1 * text.length,
    top: at.y - 11,
    bottom: at.y + 3,
  });
  it("stay inside and cover neither each other nor other points", () => {
    const points = [0, 6, 12, 18, 24].map((d) => point(280 + d / 2, 100 + d, "max-abs"));
    const places = labelPlaces(points, bounds);
    const boxes = places.flatMap((place) => (place ? [box(place, "max-abs")] : []));
    expect(boxes.length).toBeGreaterThan(2);
    boxes.forEach((a, i) => {
      expect(a.right).toBeLessThanOrEqual(300);
      for (const b of boxes.slice(i + 1))
        expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
      for (const { x, y } of points)
        expect(x > a.left && x < a.right && y > a.top && y < a.bottom).toBe(false);
    });
  });
  it("are left out where they fit nowhere", () => {
    const crowd = Array.from({ length: 60 }, () => point(150, 100, "joint optimum"));
    const places = labelPlaces(crowd, bounds);
    expect(places[0]).not.toBeNull();
    expect(places.at(-1)).toBeNull();
  });
});
