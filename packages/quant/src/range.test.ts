import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { mse } from "./error.ts";
import type { Format } from "./formats/facts.ts";
import { integerFacts } from "./formats/table.ts";
import { type Grouping, gather, groupsOf } from "./grouping.ts";
import { decode, quantize } from "./quantize.ts";
import { chooseRange, minMax, percentileRange } from "./range.ts";
import type { RangeRule } from "./scheme.ts";

const shape = [4, 9, 5];
const groupings: readonly Grouping[] = [
  { kind: "tensor" },
  { kind: "channel", axis: 0 },
  { kind: "channel", axis: 2 },
  { kind: "block", axis: 1, size: 4 },
];

/** Mostly small values with a few far ones, which clipping is for. */
function heavyTailed(seed: number, size: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, () => normal(random) ** 3);
}

describe.each(groupings)("%o", (grouping) => {
  const data = heavyTailed(1, 180);
  const groups = groupsOf(shape, grouping);
  const members = gather(data, groups);

  it("min-max are each group's extremes", () => {
    const { low, high } = minMax(data, groups);
    expect([...low]).toEqual(members.map((each) => Math.min(...each)));
    expect([...high]).toEqual(members.map((each) => Math.max(...each)));
  });

  it.each([100, 99.9, 90, 50, 0])("percentile %d is that of the sorted values", (percentile) => {
    const { low, high } = percentileRange(data, groups, percentile);
    // numpy.percentile's default: linear between order statistics.
    const reference = (values: Float32Array, q: number) => {
      const sorted = [...values].sort((a, b) => a - b);
      const at = (q / 100) * (sorted.length - 1);
      const [a, b] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
      return a * (1 - (at % 1)) + b * (at % 1);
    };
    const cut = (100 - percentile) / 2;
    members.forEach((values, g) => {
      expect(low[g]).toBeCloseTo(reference(values, cut), 6);
      expect(high[g]).toBeCloseTo(reference(values, 100 - cut), 6);
    });
    if (percentile === 100) expect({ low, high }).toEqual(minMax(data, groups));
    if (percentile === 0) expect(low).toEqual(high);
  });

  it("percentiles do not disturb the data", () => {
    const copy = data.slice();
    percentileRange(copy, groups, 90);
    expect(copy).toEqual(data);
  });
});

it("percentile: textbook values", () => {
  const data = Float32Array.of(5, 1, 4, 2, 3);
  const groups = groupsOf([5], { kind: "tensor" });
  expect(percentileRange(data, groups, 50)).toEqual({ low: Float64Array.of(2), high: Float64Array.of(4) });
  expect(percentileRange(data, groups, 95).high[0]).toBeCloseTo(4.9, 12);
  const one = percentileRange(Float32Array.of(7), groupsOf([1], { kind: "tensor" }), 90);
  expect(one).toEqual({ low: Float64Array.of(7), high: Float64Array.of(7) });
});

describe("least squared error", () => {
  const formats: readonly Format[] = ["int2", "int3", "int4", "uint4", "int8", "uint8"];
  const cases = formats.flatMap((format) => [true, false].map((symmetric) => ({ format, symmetric })));

  it.each(cases)(
    "$format, symmetric $symmetric: never worse than min-max, in no group",
    ({ format, symmetric }) => {
      for (const grouping of groupings) {
        for (const seed of [1, 2, 3]) {
          const data = seed === 3 ? heavyTailed(seed, 180).map(Math.abs) : heavyTailed(seed, 180);
          const errors = (["minmax", "mse"] as const).map((range) => {
            const found = quantize(data, shape, { format, symmetric, range }, grouping);
            const groups = groupsOf(shape, grouping);
            const exact = gather(data, groups);
            return gather(decode(found), groups).map((values, g) => mse(values, exact[g] as Float32Array));
          }) as [number[], number[]];
          errors[1].forEach((error, g) => {
            // The search works in float64, the file in float32.
            expect(error).toBeLessThanOrEqual((errors[0][g] as number) * (1 + 1e-5));
          });
        }
      }
    },
  );

  it("clips where that pays, much at few bits", () => {
    const data = heavyTailed(4, 4000);
    const error = (format: Format, range: "minmax" | "mse") =>
      mse(data, decode(quantize(data, [4000], { format, symmetric: true, range }, { kind: "tensor" })));
    expect(error("int4", "mse")).toBeLessThan(error("int4", "minmax") * 0.6);
    expect(error("int2", "mse")).toBeLessThan(error("int2", "minmax") * 0.6);
  });

  it("keeps the whole range of what lies on the grid", () => {
    const data = Float32Array.of(-128, -3, 0, 64, 127);
    const groups = groupsOf([5], { kind: "tensor" });
    const { low, high } = chooseRange(data, groups, "mse", integerFacts("int8"), true);
    expect([low[0], high[0]]).toEqual([-128, 127]);
  });

  it("is near the best clip that a fine search finds", () => {
    const data = heavyTailed(8, 600);
    const groups = groupsOf([600], { kind: "tensor" });
    const facts = integerFacts("int4");
    const { low, high } = minMax(data, groups);
    const errorAt = (ratio: number) => {
      // By hand: symmetric int4 of range · ratio.
      const s = Math.max(((high[0] as number) * ratio) / 7, ((low[0] as number) * ratio) / -8);
      return data.reduce((sum, x) => {
        const nearest = Math.max(-8, Math.min(7, Math.round(x / s)));
        return sum + (nearest * s - x) ** 2;
      }, 0);
    };
    const best = Math.min(...Array.from({ length: 800 }, (_, i) => errorAt(0.2 + i * 0.001)));
    const found = chooseRange(data, groups, "mse", facts, true);
    expect(errorAt((found.high[0] as number) / (high[0] as number))).toBeLessThanOrEqual(best * 1.02);
  });
});

describe("ratio", () => {
  const data = heavyTailed(9, 180);
  const groups = groupsOf(shape, { kind: "channel", axis: 0 });
  const facts = integerFacts("int4");
  it.each(["minmax", "mse", { percentile: 99 }, { lp: 3 }] as const)(
    "multiplies what %o gives each group",
    (of) => {
      const whole = chooseRange(data, groups, of, facts, false);
      for (const ratio of [0.37, 1, 1.4]) {
        const found = chooseRange(data, groups, { ratio, of }, facts, false);
        expect(found.low).toEqual(whole.low.map((each) => each * ratio));
        expect(found.high).toEqual(whole.high.map((each) => each * ratio));
        expect(chooseRange(data, groups, { ratio, of }, facts, false, undefined, whole)).toEqual(found);
      }
    },
  );
  it("is of min-max where no rule is named; zero stays exact", () => {
    const found = quantize(
      data,
      shape,
      { format: "uint4", symmetric: false, range: { ratio: 0.3 } },
      { kind: "tensor" },
    );
    const { low, high } = minMax(data, groupsOf(shape, { kind: "tensor" }));
    if (!("zeroPoint" in found)) throw new Error("not affine");
    const step = (((high[0] as number) - (low[0] as number)) * 0.3) / 15;
    expect(found.scale[0]).toBe(Math.fround(step));
    expect(Number.isInteger(found.zeroPoint[0])).toBe(true);
    const [zero] = decode(
      quantize(
        Float32Array.of(0, 1, -1),
        [3],
        { format: "uint4", symmetric: false, range: { ratio: 0.3 } },
        { kind: "tensor" },
      ),
    );
    expect(zero).toBe(0);
  });
  it.each(["nf4", "float8e4m3", "fp(2,1)"])("scales %s, too", (format) => {
    const scaleUnder = (range: RangeRule) => {
      const found = quantize(data, shape, { format, symmetric: true, range }, { kind: "tensor" });
      return "scale" in found ? (found.scale?.[0] as number) : Number.NaN;
    };
    expect(scaleUnder({ ratio: 0.5 })).toBe(scaleUnder("minmax") / 2);
    expect(scaleUnder({ ratio: 0.5, of: "mse" })).toBeCloseTo(scaleUnder("mse") / 2, 7);
  });
});

describe("least Lp error", () => {
  it.each([1, 2, 2.5, 4])("p = %d is near the best fraction of a fine search, whatever the symmetry", (p) => {
    const data = heavyTailed(10, 700);
    const groups = groupsOf([700], { kind: "tensor" });
    for (const [name, symmetric] of [
      ["int3", true],
      ["uint3", false],
    ] as const) {
      const error = (range: RangeRule) => {
        const back = decode(quantize(data, [700], { format: name, symmetric, range }, { kind: "tensor" }));
        return data.reduce((sum, x, i) => sum + Math.abs((back[i] as number) - x) ** p, 0);
      };
      const best = Math.min(...Array.from({ length: 500 }, (_, i) => error({ ratio: (i + 1) / 500 })));
      expect(error({ lp: p })).toBeLessThanOrEqual(best * 1.03);
      const found = chooseRange(data, groups, { lp: p }, integerFacts(name), symmetric);
      const whole = minMax(data, groups);
      expect((found.low[0] as number) / (whole.low[0] as number)).toBeCloseTo(
        (found.high[0] as number) / (whole.high[0] as number),
        12,
      );
    }
  });
});

describe("given ends", () => {
  const data = heavyTailed(10, 180);
  const range: RangeRule = { clip: [-0.3, 0.8] };
  // By hand, in float64: the grid of 16 codes between the ends, its zero point rounded.
  const affine = (x: number) => {
    const step = Math.fround(1.1 / 15);
    const zero = Math.round(0.3 / step);
    return (Math.max(0, Math.min(15, Math.round(x / step) + zero)) - zero) * step;
  };
  // Symmetric int4 reaches both ends: −8 steps or 7.
  const symmetric = (x: number) => {
    const step = Math.fround(Math.max(0.3 / 8, 0.8 / 7));
    return Math.max(-8, Math.min(7, Math.round(x / step))) * step;
  };
  it.each([
    ["uint4", false, affine],
    ["int4", true, symmetric],
  ] as const)("%s, symmetric %s: codes reach them and no further", (format, mirrored, naive) => {
    for (const grouping of [{ kind: "tensor" }, { kind: "channel", axis: 0 }] as const) {
      const found = decode(quantize(data, shape, { format, symmetric: mirrored, range }, grouping));
      const off = Array.from(data, (x, i) => Math.abs(naive(x) - (found[i] as number)));
      expect(Math.max(...off)).toBeLessThan(1e-6);
    }
  });
  it("can be multiplied, and scale formats with levels of their own by the larger", () => {
    const groups = groupsOf(shape, { kind: "tensor" });
    const found = chooseRange(data, groups, { ratio: 0.5, of: range }, integerFacts("int4"), true);
    expect([found.low[0], found.high[0]]).toEqual([-0.15, 0.4]);
    const nf4 = quantize(data, shape, { format: "nf4", symmetric: true, range }, { kind: "tensor" });
    expect(Math.max(...decode(nf4))).toBe(Math.fround(0.8));
  });
});
