import { describe, expect, it } from "vitest";
import {
  formatAccuracyFinding,
  formatBytes,
  formatChange,
  formatDivergence,
  formatDivergenceFinding,
  formatExactBytes,
  formatLarge,
  formatPercent,
  formatSeconds,
  formatShape,
  formatValue,
} from "./numbers.ts";

const finding = (value: number, half: number) =>
  ({ value, low: value - half, high: value + half, n: 64, source: "measured", of: "" }) as const;

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [9994, "9.99 kB"],
    [9996, "10.0 kB"],
    [99_960, "100 kB"],
    [999_600, "1.00 MB"],
    [4_952_222, "4.95 MB"],
    [1.5e12, "1.50 TB"],
    [3e15, "3000 TB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
  it("is exact where asked", () => {
    expect(formatExactBytes(1234567)).toBe("1,234,567 bytes");
  });
});

describe("fractions", () => {
  it("has one decimal and never a minus zero", () => {
    expect(formatPercent(0.5763)).toBe("57.6");
    expect(formatPercent(-0.0001)).toBe("0.0");
  });
  it("writes changes with a sign", () => {
    expect([formatChange(-0.7276), formatChange(0.1), formatChange(-0.0001)]).toEqual([
      "−72.8",
      "+10.0",
      "0.0",
    ]);
  });
  it("has the interval in points", () => {
    expect(formatAccuracyFinding(finding(0.576, 0.021))).toBe("57.6 % ±2.1");
    expect(formatAccuracyFinding(finding(0.576, Number.POSITIVE_INFINITY))).toBe("57.6 %");
    expect(formatAccuracyFinding(finding(0.576, 0))).toBe("57.6 % ±0.0");
  });
  it("writes one-sided intervals as such", () => {
    expect(formatAccuracyFinding({ ...finding(0.9, 0), low: 0.853 })).toBe("90.0 % −4.7");
    expect(formatAccuracyFinding({ ...finding(0.9, 0), low: 0.85, high: 0.91 })).toBe("90.0 % −5.0 +1.0");
    expect(formatAccuracyFinding({ ...finding(0.972, 0), low: 0.9598, high: 0.9806 })).toBe("97.2 % ±1.0");
  });
});

describe("divergences", () => {
  it.each([
    [0, "0"],
    [0.01234, "0.0123"],
    [1.2345, "1.23"],
    [0.00042, "4.2e−4"],
    [3.21e-5, "3.2e−5"],
    [1e-20, "< 1e-12"],
    [Number.NaN, "unknown"],
    [Number.POSITIVE_INFINITY, "∞"],
  ])("%d is %s", (value, text) => {
    expect(formatDivergence(value)).toBe(text);
  });
  it("has the interval with one digit", () => {
    expect(formatDivergenceFinding(finding(0.0123, 0.00204))).toBe("0.0123 ±0.002");
    expect(formatDivergenceFinding(finding(0.0123, 0.0000204))).toBe("0.0123 ±2e−5");
    expect(formatDivergenceFinding(finding(0, 0))).toBe("0 ±0");
  });
  it("has the ends of an interval that is lopsided", () => {
    const lopsided = { ...finding(0.0123, 0), low: 0.00912, high: 0.0314 };
    expect(formatDivergenceFinding(lopsided)).toBe("0.0123 (0.0091 to 0.031)");
    expect(formatDivergenceFinding({ ...lopsided, low: 0 })).toBe("0.0123 (0 to 0.031)");
  });
});

it("writes counts, times, values and shapes", () => {
  expect([formatLarge(12), formatLarge(78_123), formatLarge(2_300_000)]).toEqual(["12", "78.1 k", "2.30 M"]);
  expect([0.4, 12.1, 150, 9000].map(formatSeconds)).toEqual(["under 1 s", "13 s", "3 min", "2.5 h"]);
  expect([0, -0.12345, 0.00001, 123456].map(formatValue)).toEqual(["0", "−0.123", "1.0e−5", "1.2e+5"]);
  expect([formatShape([1, 3, 32, 32]), formatShape([])]).toEqual(["1×3×32×32", "scalar"]);
});
