import { describe, expect, it } from "vitest";
import { guardedVertex, lapq, P_GRID } from "./lapq.ts";

describe("guardedVertex", () => {
  const ps = Array.from({ length: 10 }, (_, i) => 2 + (i * 2) / 9);
  it("is exact for a parabola, held within the samples, and none for a concave one", () => {
    const at = (p0: number) =>
      guardedVertex(
        ps,
        ps.map((p) => (p - p0) ** 2 + 3),
      );
    expect(at(2.7)).toBeCloseTo(2.7, 9);
    expect(at(9)).toBe(4);
    expect(
      guardedVertex(
        ps,
        ps.map((p) => -((p - 3) ** 2)),
      ),
    ).toBeNull();
  });
});

describe("lapq", () => {
  it.each(["powell", "coordinates"] as const)(
    "%s finds the joint optimum of coupled clips",
    async (method) => {
      const best = Float64Array.of(1.3, 0.4, 2.2);
      let count = 0;
      const clipsOf = ({ p }: { p: number | null }) =>
        p === null ? Float64Array.of(3, 3, 3) : Float64Array.of(0.6 + 0.2 * p, 0.5, 1.1 + 0.2 * p);
      const lossOf = (clips: Float64Array) => {
        const t = clips.map((c, i) => Math.log(c / (best[i] as number)));
        const [a, b, c] = t as unknown as [number, number, number];
        return 1 + a * a + b * b + c * c + 1.2 * a * b + 0.5 * b * c;
      };
      const found = await lapq(
        {
          count: 3,
          others: [{ name: "max-abs", p: null }],
          loss: async (start, t) => {
            count++;
            return lossOf(clipsOf(start).map((c, i) => c * Math.exp(t[i] as number)));
          },
        },
        { sweeps: 4, method },
      );
      expect(found.evaluations).toBe(count);
      expect(found.loss).toBeLessThan(1.002);
      const starts = [3, ...P_GRID].map((p, i) => lossOf(clipsOf({ p: i === 0 ? null : p })));
      expect(found.starts.slice(0, 8).map(({ loss }) => loss)).toEqual(starts);
      expect(found.loss).toBeLessThanOrEqual(Math.min(...starts));
      const clips = clipsOf(found.start).map((c, i) => c * Math.exp(found.point[i] as number));
      expect(lossOf(clips)).toBeCloseTo(found.loss, 12);
      expect((count - found.starts.length) / found.sweeps.length / 3).toBeLessThanOrEqual(10);
    },
  );

  it("finds another p for each group where that is better", async () => {
    const best = [1.5, 3.5];
    const found = await lapq(
      {
        count: 2,
        others: [],
        groups: ["weights", "activations"],
        loss: async ({ p, ps }, t) =>
          best.reduce(
            (sum, b, g) => sum + ((ps?.[g] ?? p ?? 9) - b) ** 2 + (t[g] as number) ** 2,
            ps ? 0 : 0.1,
          ),
      },
      { sweeps: 1 },
    );
    expect(found.start).toEqual({ name: "p = 1.5 (weights), p = 3.5 (activations)", p: null, ps: best });
    expect(found.loss).toBe(0);
  });
});
