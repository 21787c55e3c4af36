import { expect, it } from "vitest";
import { integerFacts } from "./formats/table.ts";
import { groupsOf } from "./grouping.ts";
import { quantize } from "./quantize.ts";
import { sawbClip, sawbRange } from "./sawb.ts";

const x = [-1, -0.5, 0.25, 0.75, 0.1, -0.2];
const tensor = { kind: "tensor" } as const;

it("golden clip and scale (catalogue §5.5)", () => {
  expect(sawbClip(x)).toBeCloseTo(1.1603670054131268, 12);
  expect((2 * sawbClip(x)) / 16).toBeCloseTo(0.14504587567664085, 12);
});

it("as a range rule: sixteen steps from −clip to clip, signed or not, group by group", () => {
  const data = Float32Array.from([...x, ...x.map((value) => value * 10)]);
  for (const format of ["int4", "uint4"]) {
    const scheme = { format, symmetric: true, range: "sawb" } as const;
    const found = quantize(data, [2, 6], scheme, { kind: "channel", axis: 0 });
    if (found.kind !== "affine") throw new Error(found.kind);
    expect(found.scale[0]).toBeCloseTo(0.14504587567664085, 7);
    expect(found.scale[1]).toBeCloseTo(1.4504587567664085, 6);
  }
});

it("magnitudes that are all alike have no such clip: the largest is taken", () => {
  const data = Float32Array.of(2, -2, 2);
  expect(sawbClip(data)).toBeLessThan(0);
  expect(sawbRange(data, groupsOf([3], tensor), integerFacts("int4"), true).low[0]).toBe(-2);
});

it("other widths have no coefficients", () => {
  const of = (format: string, symmetric: boolean) => () =>
    quantize(Float32Array.from(x), [6], { format, symmetric, range: "sawb" }, tensor);
  expect(of("int8", true)).toThrow('range "sawb": symmetric int8, expected symmetric int4 or uint4');
  expect(of("uint4", false)).toThrow('range "sawb": affine uint4, expected symmetric int4 or uint4');
  expect(of("nf4", true)).toThrow('range "sawb": not an integer format, expected symmetric int4 or uint4');
});
