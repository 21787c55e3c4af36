import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { type Contender, choose, FIRST, nextDraws, outstanding } from "./schedule.ts";
import { guessSpread, standing } from "./standing.ts";

const cell = (more: Partial<Contender>): Contender => ({
  column: "weight|4",
  value: 1e-2,
  spread: 0.01,
  guessSpread: 0.15,
  draws: 0,
  cap: 512,
  urgent: false,
  ...more,
});

describe("the next cell", () => {
  test("is one without a prediction, or whose prediction is only a hint", () => {
    const hint = cell({ column: "weight|2", value: 0.4, spread: 0.9, guessSpread: 0.9 });
    const unknown = cell({
      value: Number.NaN,
      spread: Number.POSITIVE_INFINITY,
      guessSpread: Number.POSITIVE_INFINITY,
    });
    const near = [cell({ spread: 0.2 }), cell({ value: 1.01e-2, spread: 0.2 })];
    expect(choose([...near, hint])).toBe(2);
    expect(choose([...near, hint, unknown])).toBe(3);
  });

  test("is a disputed one before one that stands alone", () => {
    const cells = [
      cell({ value: 0.01, spread: 0.4, draws: 16 }),
      cell({ value: 0.012, spread: 0.4, draws: 16 }),
      cell({ value: 0.5, spread: 0.4, draws: 16 }),
    ];
    expect([0, 1]).toContain(choose(cells));
    const apart = [
      cells[0] as Contender,
      cell({ value: 0.07, spread: 0.4, draws: 16 }),
      cells[2] as Contender,
    ];
    expect(choose(apart)).toBeUndefined();
  });

  test("is the disputed one whose runs tell most", () => {
    const cells = [
      cell({ value: 0.01, spread: 0.2, draws: 64 }),
      cell({ value: 0.0101, spread: 0.5, draws: 8 }),
    ];
    expect(choose(cells)).toBe(1);
  });

  test("is every cell once, and no more where nothing is disputed", () => {
    const cells = [cell({ value: 1e-3 }), cell({ value: 1 }), cell({ column: "weight|8", value: 1e-3 })];
    expect(choose(cells)).toBe(1);
    const once = cells.map((each) => ({ ...each, draws: FIRST }));
    expect(choose(once)).toBeUndefined();
    expect(outstanding(once)).toBe(0);
    expect(outstanding(cells)).toBe(3 * FIRST);
  });

  test("is not a harmless one, however alike it is to its neighbour", () => {
    const harmless = [
      cell({ value: 1e-6, spread: 0.3, draws: FIRST }),
      cell({ value: 1.1e-6, spread: 0.3, draws: FIRST }),
      cell({ column: "weight|2", value: 0.5, spread: 0.1, draws: 64 }),
    ];
    expect(choose(harmless)).toBeUndefined();
  });

  test("is not one of which all is measured", () => {
    const cells = [cell({ spread: 0, draws: 512 }), cell({ value: 1.001e-2, spread: 0.3, draws: 512 })];
    expect(choose(cells)).toBeUndefined();
  });

  test("is one that somebody waits for, among alike", () => {
    const cells = [cell({ value: 1 }), cell({ value: 0.1, urgent: true })];
    expect(choose(cells)).toBe(1);
  });
});

test("draws double up to the cap", () => {
  expect(nextDraws({ draws: 0, cap: 512 })).toBe(FIRST);
  expect(nextDraws({ draws: 64, cap: 512 })).toBe(128);
  expect(nextDraws({ draws: 384, cap: 512 })).toBe(512);
  expect(nextDraws({ draws: 0, cap: 5 })).toBe(5);
});

/** Ranks from 0, of numbers that differ. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Array<number>(values.length);
  for (const [rank, i] of order.entries()) found[i] = rank;
  return found;
}

function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const n = a.length;
  const squares = x.reduce((sum, rank, i) => sum + (rank - (y[i] as number)) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

test("runs go where they decide: the order of a column of hints takes a fraction of equal shares", () => {
  const random = seededRandom(21);
  const size = 30;
  // A column that is predicted well, and one where the prediction is only a hint.
  const columns = [
    { name: "weight|6", level: 1e-4, off: 0.1 },
    { name: "weight|2", level: 0.3, off: 0.9 },
  ];
  const cells = columns.flatMap(({ name, level, off }) =>
    Array.from({ length: size }, () => {
      const truth = level * Math.exp(1.2 * normal(random));
      return { column: name, truth, guess: { mean: truth * Math.exp(off * normal(random)), error: 0 } };
    }),
  );
  const drawsOf = cells.map(() => [] as number[]);
  const draw = (i: number) => (cells[i]?.truth as number) * Math.exp(1.0 * normal(random) - 0.5);
  const state = () =>
    cells.map(({ column, guess }, i): Contender => {
      const draws = drawsOf[i] as number[];
      const { finding, spread } = standing(guess, { draws, samples: draws.length, poolSpread: 0 }, "");
      return {
        ...{ column, value: finding.value, spread, guessSpread: guessSpread(guess) },
        ...{ draws: draws.length, cap: 1024, urgent: false },
      };
    });
  const rankOf = (values: readonly number[]) =>
    columns.map((_, k) =>
      spearman(
        values.slice(k * size, (k + 1) * size),
        cells.slice(k * size, (k + 1) * size).map(({ truth }) => truth),
      ),
    );
  let spent = 0;
  for (;;) {
    const now = state();
    const ranked = rankOf(now.map(({ value }) => value));
    if (Math.min(...ranked) > 0.96) break;
    const at = choose(now);
    if (at === undefined) break;
    const wanted = nextDraws(now[at] as Contender);
    while ((drawsOf[at] as number[]).length < wanted) {
      drawsOf[at]?.push(draw(at));
      spent++;
    }
  }
  expect(Math.min(...rankOf(state().map(({ value }) => value)))).toBeGreaterThan(0.96);
  // In equal shares, without predictions: 64 draws each.
  const equal = cells.map(
    (_, i) => Array.from({ length: 64 }, () => draw(i)).reduce((a, b) => a + b, 0) / 64,
  );
  expect(Math.min(...rankOf(equal))).toBeLessThan(1);
  expect(spent).toBeLessThan((64 * cells.length) / 5);
  // What was predicted well was left alone.
  const onHints = drawsOf.slice(size).reduce((sum, draws) => sum + draws.length, 0);
  expect(onHints / spent).toBeGreaterThan(0.7);
});
