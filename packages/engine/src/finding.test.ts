import { expect, test } from "vitest";
import { meanFinding, proportionFinding } from "./finding.ts";

// Known intervals: Newcombe 1998 (Statistics in Medicine 17), table I, "score, no continuity correction".
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
  [29, 29, 0.883, 1],
])("Wilson's interval of %i of %i", (correct, n, low, high) => {
  const found = proportionFinding(correct, n, "key");
  expect(found.value).toBe(correct / n);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
  expect([found.n, found.of, found.source]).toEqual([n, "key", "measured"]);
});

test("a mean with its normal interval", () => {
  const { value, low, high, n } = meanFinding([1, 2, 3, 4], "key");
  // s² = 5/3, s/√4 = 0.6455
  expect([value, n]).toEqual([2.5, 4]);
  expect(high - value).toBeCloseTo(1.959964 * 0.645497, 5);
  expect(value - low).toBeCloseTo(high - value, 12);
});

test("one value has no interval, equal ones a point", () => {
  expect(meanFinding([3], "")).toMatchObject({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  });
  expect(meanFinding([3, 3, 3], "")).toMatchObject({ value: 3, low: 3, high: 3 });
});
