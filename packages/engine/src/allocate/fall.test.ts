// The curve from divergence to fall, against networks whose falls are known.

import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { type Fall, type FallCurve, fallCurve } from "./fall.ts";

/** Answers of n samples change with a chance that grows with the loss as 0.3 · √loss, at most 0.8. */
const truth = (loss: number) => Math.min(0.8, 0.3 * Math.sqrt(loss));

function measured(seed: number, n: number): Fall[] {
  const random = seededRandom(seed);
  return Array.from({ length: 60 }, (_, i) => {
    const loss = 10 ** (-5 + (6 * i) / 60);
    let changed = 0;
    for (let k = 0; k < n; k++) if (random() < truth(loss)) changed++;
    const drop = changed / n;
    return { loss, drop, error: Math.sqrt((drop * (1 - drop)) / n), n };
  });
}

const certain = (value: number) => ({ value, low: value, high: value });
const made = (falls: readonly Fall[]) => fallCurve(falls) as FallCurve;

describe("the curve of falls", () => {
  test("covers the true fall at most losses, however few samples", () => {
    for (const n of [64, 256, 1000]) {
      let [inside, all] = [0, 0];
      for (let seed = 1; seed <= 10; seed++) {
        const curve = made(measured(seed, n));
        for (let exponent = -4; exponent <= 0; exponent += 0.25) {
          const loss = 10 ** exponent;
          const { low, high } = curve.at(certain(loss));
          if (low <= truth(loss) && truth(loss) <= high) inside++;
          all++;
        }
      }
      expect(inside / all, `n=${n}`).toBeGreaterThan(0.9);
    }
  });

  test("never falls, and its inverse is its inverse", () => {
    const curve = made(measured(3, 256));
    let before = 0;
    for (let loss = 1e-6; loss < 20; loss *= 1.3) {
      const { value } = curve.at(certain(loss));
      expect(value).toBeGreaterThanOrEqual(before);
      before = value;
    }
    for (const drop of [0.005, 0.01, 0.05, 0.2]) {
      const most = curve.within(drop);
      expect(curve.at(certain(most)).value).toBeLessThanOrEqual(drop + 1e-9);
      expect(curve.at(certain(1.05 * most)).value).toBeGreaterThan(drop);
    }
  });

  test("an uncertain loss is an uncertain fall", () => {
    const curve = made(measured(3, 1000));
    const [sure, unsure] = [curve.at(certain(0.01)), curve.at({ value: 0.01, low: 0.001, high: 0.1 })];
    expect(unsure.value).toBe(sure.value);
    expect(unsure.high).toBeGreaterThan(sure.high);
    expect(unsure.low).toBeLessThan(sure.low);
  });

  test("gains count as none, and few points as nothing", () => {
    const gains = measured(3, 64).map((fall) => ({ ...fall, drop: -0.01 }));
    expect(made(gains).at(certain(0.1)).value).toBe(0);
    expect(made(gains).at(certain(0.1)).high).toBeGreaterThan(0);
    expect(fallCurve(gains.slice(0, 7))).toBeUndefined();
  });
});
