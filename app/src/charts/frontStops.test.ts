import { describe, expect, it } from "vitest";
import { nearestStop, nextStop, stopsOf } from "./frontStops.ts";

const marks = {
  front: [
    { bytes: 50_000, value: 0.1 },
    { bytes: 90_000, value: 0.01 },
  ],
  uniform: [{ bytes: 70_000, value: 0.2, name: "4", allowed: false }],
  measured: [{ bytes: 71_000, value: 0.05 }],
  unit: "KL",
};
const place = ({ bytes, value }: { bytes: number; value: number }) => ({ x: bytes / 1000, y: 1000 * value });

describe("stops", () => {
  it("go from small to large and say whether they are predicted, measured or against the limits", () => {
    const stops = stopsOf(marks);
    expect(stops.map(({ words }) => words)).toEqual([
      "50.0 kB: KL 0.100 predicted",
      "70.0 kB: KL 0.200 predicted, all 4, against the limits",
      "71.0 kB: KL 0.0500 measured",
      "90.0 kB: KL 0.0100 predicted",
    ]);
  });

  it("are meant where the pointer is near, and the front's point everywhere else", () => {
    const stops = stopsOf(marks);
    expect(nearestStop(stops, { x: 72, y: 52 }, place)?.kind).toBe("measured");
    expect(nearestStop(stops, { x: 72, y: 120 }, place)).toMatchObject({ kind: "front", bytes: 90_000 });
    expect(nearestStop([], { x: 0, y: 0 }, place)).toBeNull();
  });

  it("are walked by keys, which end at both ends", () => {
    expect(nextStop("ArrowRight", 0, 4)).toBe(1);
    expect(nextStop("ArrowLeft", 0, 4)).toBe(0);
    expect(nextStop("PageUp", 1, 4)).toBe(3);
    expect(nextStop("End", 1, 4)).toBe(3);
    expect(nextStop("x", 1, 4)).toBe(-1);
  });
});
