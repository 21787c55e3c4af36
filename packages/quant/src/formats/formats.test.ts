// What holds for every format: each example of each row of the table, each granularity that it has, data of every kind.
import { normal, packBits, packTrits, seededRandom, sizeOf, type Width } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { encodedBytes } from "../bytes.ts";
import type { Encoded, Levels } from "../encoded.ts";
import { sqnrDb } from "../error.ts";
import { eachRun, type Grouping, type Groups } from "../grouping.ts";
import { columnsOf } from "../productLayout.ts";
import { decode, quantize } from "../quantize.ts";
import type { RangeRule } from "../scheme.ts";
import type { Family, FormatFacts } from "./facts.ts";
import { decodeIntegers } from "./integer.ts";
import { formatFacts, formatRows, storedFacts } from "./table.ts";

const shape = [6, 24, 3, 3];
const groupings: readonly Grouping[] = [
  { kind: "tensor" },
  { kind: "channel", axis: 0 },
  { kind: "channel", axis: 3 },
  { kind: "block", axis: 1, size: 5 },
  { kind: "block", axis: 3, size: 2 },
];

/** Least signal-to-noise ratio in dB of 6 × 24 × 3 × 3 normal weights, least squares, one scale. A row needs one. */
const floors: Readonly<Record<Family, (facts: FormatFacts) => number>> = {
  // A uniform quantizer of normal values with the best clip: Max 1960, Table II, less what symmetric codes lose.
  int: ({ bits }) => [0, 1, 4, 12, 18, 23, 29, 34, 39][bits] ?? 80,
  float8: ({ name }) => (name === "float8e4m3" ? 30 : 24),
  // 6 dB a bit of mantissa, 8 dB without any; a narrow exponent is a uniform grid.
  fp: ({ bits, args: [e, m] }) =>
    m === undefined ? 5.5 * bits - 4 : Math.min(8 + 6 * m, 5.5 * (1 + (e as number) + m) - 5),
  nf: () => 18,
  // 1 − 2/π of the power is lost: 4.4 dB.
  binary: () => 4.2,
  // Max 1960, three levels: 7.2 dB.
  ternary: () => 7,
  // Max 1960, Table I: 4.4 dB at 2 levels, 9.25 at 4, 20.22 at 16.
  codebook: ({ args: [k] }) => 6.02 * Math.log2(k as number) - 4,
  product: ({ bits }) => 6.02 * bits - 3,
  log: ({ bits }) => (bits === 2 ? 4 : 10),
  nested: ({ args: [, full] }) => 5.9 * (full as number) - 8,
  half: ({ name }) => (name === "float16" ? 70 : 52),
};

const cases = formatRows.flatMap((row) =>
  row.examples.flatMap((format) =>
    (row.family === "int" ? [true, false] : [true]).map((symmetric) => ({
      format,
      symmetric,
      row,
      name: `${format}${symmetric ? "" : " affine"}`,
    })),
  ),
);

function normals(seed: number, size: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, () => normal(random));
}

const size = sizeOf(shape);
const spread = normals(2, size).map((x, i) => x ** 3 * 2 ** (i % 7));
const kinds: Readonly<Record<string, Float32Array>> = {
  "heavy tails": spread,
  "some zeros": normals(3, size).map((x, i) => (i % 3 === 0 ? 0 : x)),
  positive: normals(4, size).map((x) => Math.abs(x) + 1),
  "groups of zeros": spread.map((x, i) => (Math.floor(i / 216) % 2 === 0 ? 0 : x)),
  "large and small": spread.map((x, i) => x * (i % 2 === 0 ? 1e30 : 1e-30)),
};

/** The table, or one value a code, that an element may take: by the definition of its kind. */
function choices(encoded: Encoded): (i: number) => readonly number[] {
  const groupOf = (groups: Groups) => {
    const of = new Uint32Array(size);
    eachRun(groups, (from, to, group) => {
      for (let i = from; i < to; i++) of[i] = group + (i - from) * groups.step;
    });
    return of;
  };
  switch (encoded.kind) {
    case "affine":
    case "nested": {
      const { qmin, qmax } =
        encoded.kind === "affine"
          ? encoded.format
          : { qmin: -(2 ** encoded.full) / 2, qmax: 2 ** encoded.full / 2 - 1 };
      const of = groupOf(encoded.groups);
      const zero = (g: number) => (encoded.kind === "affine" ? (encoded.zeroPoint[g] as number) : 0);
      return (i) => {
        const g = of[i] as number;
        // 65536 codes: only those about the one that was taken.
        const near = (encoded.codes[i] as number) - 3;
        const from = Math.max(qmin, Math.min(near, qmax - 6));
        return Array.from(
          { length: Math.min(7, qmax - from + 1) },
          (_, c) => (from + c - zero(g)) * (encoded.scale[g] as number),
        );
      };
    }
    case "float8": {
      const of = groupOf(encoded.groups);
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const finite = [
        ...decode({ ...encoded, codes: bytes, shape: [256], scale: Float32Array.of(1), groups: ones }),
      ].filter(Number.isFinite);
      return (i) => finite.map((x) => x * (encoded.scale[of[i] as number] as number));
    }
    case "levels": {
      const of = encoded.groups && groupOf(encoded.groups);
      const tables = groupOf(encoded.tables);
      return (i) => {
        const from = (tables[i] as number) * encoded.size;
        const scale = of ? ((encoded.scale as Float32Array)[of[i] as number] as number) : 1;
        return [...encoded.levels.subarray(from, from + encoded.size)].map((x) => x * scale);
      };
    }
    default:
      throw new Error(`${encoded.kind}: has no values of single elements`);
  }
}

const ones: Groups = {
  count: 1,
  scaleShape: [],
  outer: 1,
  dim: 1,
  inner: 256,
  at: () => 0,
  step: 0,
  span: 1,
};

/** What the parts of an encoded tensor take when they are packed one by one. */
function packedLength(encoded: Encoded, symmetric: boolean): number {
  switch (encoded.kind) {
    case "affine": {
      const { bits } = encoded.format;
      const codes = bits === 16 ? encoded.codes.length * 2 : packBits(encoded.codes, bits as Width).length;
      const zeros = [2, 4, 8].includes(bits) ? packBits(encoded.zeroPoint, bits as Width).length : 0;
      const wide = bits === 16 ? 2 * encoded.zeroPoint.length : encoded.zeroPoint.length;
      return codes + encoded.scale.byteLength + (symmetric ? 0 : zeros || wide);
    }
    case "levels":
      return levelBytes(encoded);
    case "float8":
      return encoded.codes.byteLength + encoded.scale.byteLength;
    case "product": {
      const { indices, centroids, centroidCodes, format } = encoded;
      const width = Math.ceil(Math.log2(format.args[0] as number));
      const table = centroidCodes ? centroidCodes.byteLength + 4 : centroids.byteLength;
      return packBits(indices, width as Width).length + table;
    }
    case "nested": {
      const { codes, base, full, scale } = encoded;
      const dropped = full - base;
      const [high, low] = [codes.map((c) => c >> dropped), codes.map((c) => c & (2 ** dropped - 1))];
      return packBits(high, base as Width).length + packBits(low, dropped as Width).length + scale.byteLength;
    }
    case "half":
      return encoded.codes.byteLength;
  }
}

function levelBytes({ format, codes, width, levels, scale }: Levels): number {
  const packed = format.family === "ternary" ? packTrits(codes) : packBits(codes, width as Width);
  return packed.length + (scale ? scale.byteLength : levels.byteLength);
}

describe.each(cases)("$name", ({ format, symmetric, row }) => {
  const rules: readonly RangeRule[] = ["minmax", "mse", { percentile: 98 }];
  const scheme = (range: RangeRule) => ({ format, symmetric, range });
  const has = groupings.filter(({ kind }) => row.granularities.includes(kind));

  it("takes the nearest of the values that its scale or table allows", () => {
    for (const [g, grouping] of has.entries()) {
      for (const [r, range] of rules.entries()) {
        for (const [k, data] of Object.values(kinds).entries()) {
          // Every pair of the three, not every triple.
          if ((g + r + k) % 3 !== 0) continue;
          const encoded = quantize(data, shape, scheme(range), grouping);
          if (encoded.kind === "product" || encoded.kind === "half") continue;
          const values = decode(encoded);
          const among = choices(encoded);
          const far = data.findIndex((x, i) => {
            if (i % 5 !== k) return false;
            const least = among(i).reduce((d, y) => Math.min(d, Math.abs(y - x)), Number.POSITIVE_INFINITY);
            return !(
              Math.abs((values[i] as number) - x) <=
              least * (1 + 1e-6) + Math.abs(x) * 2 ** -22 + 2 ** -126
            );
          });
          expect(far).toBe(-1);
        }
      }
    }
  });

  it("quantizing what it decodes to changes nothing but last bits", () => {
    // Uniform 16-bit scales are known to a 2^-16th of the range at best.
    const most = formatFacts(format).bits === 16 && row.family === "int" ? 2 ** -14 : 2 ** -20;
    for (const grouping of has) {
      for (const [kind, data] of Object.entries(kinds)) {
        const once = decode(quantize(data, shape, scheme("minmax"), grouping));
        const twice = decode(quantize(once, shape, scheme("minmax"), grouping));
        const peak = once.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
        const worst = once.reduce((m, x, i) => Math.max(m, Math.abs(x - (twice[i] as number))), 0);
        expect([kind, worst <= peak * most]).toEqual([kind, true]);
      }
    }
  });

  it("keeps zeros, and a value that all share", () => {
    const small = [1, 24, 3, 3];
    const count = sizeOf(small);
    for (const grouping of has) {
      for (const range of rules) {
        const zeros = decode(quantize(new Float32Array(count), small, scheme(range), grouping));
        expect(zeros.every((x) => Object.is(x, 0))).toBe(true);
        for (const value of [3.7, -0.02, 1e30, -1e-30]) {
          if (format === "float16" && !(Math.abs(value) < 1e4 && Math.abs(value) > 1e-4)) continue;
          const stored = Math.fround(value);
          const same = decode(quantize(new Float32Array(count).fill(value), small, scheme(range), grouping));
          // 2^-8 of bfloat16. A percentile is interpolated, and mse may prefer nothing to it.
          const off = same.findIndex((x) => Math.abs(x - stored) > Math.abs(stored) * 2 ** -8);
          expect([value, off]).toEqual([value, -1]);
        }
      }
    }
  });

  it("survives one element, none, and what is too small for a scale", () => {
    const d = row.family === "product" ? (formatFacts(format).args[1] as number) : 1;
    for (const range of rules) {
      const one = decode(quantize(new Float32Array(d).fill(0.5), [1, d], scheme(range), { kind: "tensor" }));
      expect([...one]).toEqual(new Array(d).fill(0.5));
      const none = quantize(new Float32Array(0), [0, d], scheme(range), { kind: "tensor" });
      expect(decode(none)).toHaveLength(0);
      for (const grouping of has) {
        const tiny = spread.map((x) => x * 2 ** -160);
        const found = decode(quantize(tiny, shape, scheme(range), grouping));
        expect(found.every((x) => Math.abs(x) <= 2 ** -126)).toBe(true);
      }
    }
  });

  it("takes the bytes that it says", () => {
    for (const grouping of has) {
      const encoded = quantize(spread, shape, scheme("minmax"), grouping);
      const stored = storedFacts({ format, symmetric }).name;
      const table =
        row.family === "fp" && encoded.format.name !== format ? (encoded as Levels).levels.byteLength : 0;
      expect(encodedBytes(stored, shape, grouping, 4, { symmetric })).toBe(
        packedLength(encoded, symmetric) + table,
      );
    }
  });

  it("has the signal-to-noise ratio of its kind", () => {
    const data = normals(9, size);
    const found = sqnrDb(data, decode(quantize(data, shape, scheme("mse"), { kind: "tensor" })));
    const facts = storedFacts({ format, symmetric });
    expect(found).toBeGreaterThan(floors[facts.family](facts));
  });

  it("groups do not look at each other", () => {
    for (const grouping of has) {
      if (grouping.kind !== "channel" || grouping.axis !== 0 || row.family === "codebook") continue;
      const whole = decode(quantize(spread, shape, scheme("mse"), grouping));
      // A vote is taken among the groups.
      if (/^fp\(\d\)$/.test(format)) continue;
      const part = decode(quantize(spread.slice(216, 432), [1, 24, 3, 3], scheme("mse"), grouping));
      expect(part).toEqual(whole.slice(216, 432));
    }
  });
});

it("every family of the table has a floor", () => {
  expect(Object.keys(floors).sort()).toEqual(formatRows.map((row) => row.family).sort());
});

describe("options", () => {
  const scheme = (format: string) => ({ format, symmetric: true, range: "minmax" }) as const;

  it("scales are stored as told, and kept above a bound", () => {
    const coarse = (s: number) => 2 ** Math.round(Math.log2(s));
    for (const format of ["int4", "binary", "ternary", "nf4", "fp4", "log(4)", "float8e4m3", "nested(4,8)"]) {
      const grouping = { kind: "channel", axis: 0 } as const;
      const found = quantize(spread, shape, scheme(format), grouping, { roundScale: coarse });
      const scale = (found as Extract<Encoded, { kind: "affine" }>).scale;
      expect([...scale].map(coarse)).toEqual([...scale]);
      const leastScale = new Float64Array(6).fill(1e4);
      const raised = quantize(spread, shape, scheme(format), grouping, { leastScale });
      const bound = (raised as Extract<Encoded, { kind: "affine" }>).scale;
      expect(bound.every((s) => s >= 1e4)).toBe(true);
    }
  });

  it("product: the nearest centroid of each block; int8 centroids are codes times a scale", () => {
    for (const centroids of ["float32", "int8"] as const) {
      const found = quantize(spread, shape, { ...scheme("product(16,2)"), centroids }, { kind: "tensor" });
      if (found.kind !== "product") throw new Error(found.kind);
      const before = columnsOf(spread, found.layout);
      const distance = (column: number, c: number) =>
        [0, 1].reduce(
          (sum, i) =>
            sum + ((before[column * 2 + i] as number) - (found.centroids[c * 2 + i] as number)) ** 2,
          0,
        );
      if (centroids === "int8") {
        const least = (column: number) =>
          Math.min(...Array.from({ length: 16 }, (_, c) => distance(column, c)));
        expect(
          [...found.indices].every((c, column) => distance(column, c) <= least(column) * (1 + 1e-9)),
        ).toBe(true);
        expect([...found.centroids]).toEqual(
          [...(found.centroidCodes as Int8Array)].map((q) =>
            Math.fround(q * (found.centroidScale as number)),
          ),
        );
      } else {
        // Each centroid is the mean of what it stands for.
        for (let c = 0; c < 16; c++) {
          const mine = [...found.indices].flatMap((each, column) => (each === c ? [column] : []));
          for (const i of [0, 1]) {
            const mean =
              mine.reduce((sum, column) => sum + (before[column * 2 + i] as number), 0) / mine.length;
            expect(found.centroids[c * 2 + i]).toBeCloseTo(mean, 3);
          }
        }
      }
      expect(columnsOf(decode(found), found.layout)).toEqual(
        Float32Array.from(
          [...found.indices].flatMap((c) => [
            found.centroids[2 * c] as number,
            found.centroids[2 * c + 1] as number,
          ]),
        ),
      );
    }
  });

  it("the same seed gives the same centroids, another seed others", () => {
    for (const format of ["codebook(16)", "product(16,2)"]) {
      const of = (seed?: number) =>
        decode(
          quantize(spread, shape, scheme(format), { kind: "tensor" }, seed === undefined ? {} : { seed }),
        );
      expect(of(7)).toEqual(of(7));
      expect(of()).toEqual(of(0));
      expect(of(7)).not.toEqual(of(8));
    }
  });

  it("importances pull centroids: what matters more is nearer to them", () => {
    const data = normals(5, size);
    const weights = data.map((_, i) => (Math.floor(i / 9) % 4 === 0 ? 1000 : 1));
    for (const format of ["codebook(4)", "product(16,2)"]) {
      const off = (options: { weights?: Float32Array }) => {
        const values = decode(quantize(spread, shape, scheme(format), { kind: "tensor" }, options));
        return spread.reduce(
          (sum, x, i) => sum + (weights[i] as number) * (x - (values[i] as number)) ** 2,
          0,
        );
      };
      expect(off({ weights })).toBeLessThan(off({}));
    }
  });

  it("an affine tensor of 16 unsigned bits has codes above 32767", () => {
    const found = quantize(
      Float32Array.of(0, 1, 2),
      [3],
      { ...scheme("uint16"), symmetric: false },
      { kind: "tensor" },
    );
    if (found.kind !== "affine") throw new Error(found.kind);
    expect([...found.codes]).toEqual([0, 32768, 65535]);
    expect(decodeIntegers(found)[2]).toBeCloseTo(2, 6);
  });

  it("what floats cannot reach saturates", () => {
    const data = Float32Array.of(1e6, -1e6, 3.4e38);
    const found = decode(quantize(data, [3], scheme("float16"), { kind: "tensor" }));
    expect([...found]).toEqual([65504, -65504, 65504]);
    expect(decode(quantize(data, [3], scheme("bfloat16"), { kind: "tensor" })).every(Number.isFinite)).toBe(
      true,
    );
  });
});
