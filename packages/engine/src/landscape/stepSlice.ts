// A step slice: the loss over the clips of two tensors, coarse to fine, with what can be read off it. It keeps what it has
// measured, so that it goes on where it was left, and asking again costs nothing. Source: LAPQ (Nahshan et al. 2019) §3.

import { gaussianCurvature, hessianOf, interactionShare, powell } from "@bitscape/methods";
import type { Ranges } from "../plan/plan.ts";
import type { Study } from "../study.ts";
import type { NamedPoint, StepAxis, StepSlice, StepSliceRequest } from "./calls.ts";
import { atFractions, fractionOf, fullRange } from "./clips.ts";
import { levelsOf } from "./fineness.ts";
import { KeptWeights } from "./keptWeights.ts";
import { Losses } from "./loss.ts";
import { startRules } from "./starts.ts";
import { type Step, stepAt } from "./steps.ts";

type Pair = readonly [number, number];

// The narrowest clip of an axis: 1/32 of the range, beyond which even two bits lose nearly all values.
const NARROWEST = 1 / 32;
// Of the finite differences, in ln(clip): wide enough that rounding's own steps average out.
const DIFFERENCE = 0.1;
const JOINT_SWEEPS = 2;

/** Fractions along an axis. */
export function fractions(count: number, scale: "log" | "linear"): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1);
    if (i === count - 1) return 1;
    return scale === "log" ? NARROWEST ** (1 - t) : NARROWEST + (1 - NARROWEST) * t;
  });
}

export interface SliceJob {
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onSlice: (slice: StepSlice) => void;
}

export class StepSurface {
  readonly #study: Study;
  readonly #request: StepSliceRequest;
  readonly #losses: Losses;
  readonly #steps: readonly [Step, Step];
  readonly #axes: readonly [StepAxis, StepAxis];
  readonly #grid: Float64Array;
  readonly #known = new Map<string, number>();
  readonly #places: { readonly name: string; readonly at: Pair }[];
  readonly #levels: readonly (readonly number[])[];
  #figures: Pick<StepSlice, "interaction" | "coupling" | "curvature"> = {
    interaction: null,
    coupling: null,
    curvature: null,
  };
  #points: readonly NamedPoint[] = [];
  #done = false;

  /** @throws one sentence for a row that the network lacks, or a tensor without a width */
  constructor(
    study: Study,
    request: StepSliceRequest,
    ranges: Ranges | undefined,
    weights = new KeptWeights(study.network),
  ) {
    if (!(request.grid >= 3)) throw new Error(`grid: ${request.grid}, expected at least 3 values a side`);
    this.#study = study;
    this.#request = request;
    this.#losses = new Losses({ study, indices: study.samples(request.samples), ranges, weights });
    const { network } = study;
    const known = { network, ranges, weights: this.#losses.weights };
    const stepOf = (i: 0 | 1) => stepAt(request.recipe, request.of[i], request.bits);
    this.#steps = [stepOf(0), stepOf(1)];
    const axisOf = (step: Step): StepAxis => ({
      of: step.of,
      format: step.scheme.format,
      values: fractions(request.grid, request.scale),
      full: fullRange(known, step),
    });
    this.#axes = [axisOf(this.#steps[0]), axisOf(this.#steps[1])];
    this.#grid = new Float64Array(request.grid ** 2).fill(Number.NaN);
    this.#levels = levelsOf(request.grid);
    const place = (name: string, rule?: Step["scheme"]["range"]) => ({
      name,
      at: this.#steps.map((step) => fractionOf(known, step, rule)) as unknown as Pair,
    });
    this.#places = [
      ...startRules.map(({ name, rule }) => place(name, rule)),
      ...(request.recipe ? [place("current")] : []),
    ];
    this.#points = this.#places.map(({ name, at }) => ({ name, at, loss: null }));
  }

  get slice(): StepSlice {
    const { dataset } = this.#study;
    return {
      kind: "step",
      axes: this.#axes,
      metric: this.#losses.metric,
      n: this.#losses.indices.length,
      data: dataset.kind,
      loss: this.#grid.slice(),
      points: this.#points,
      ...this.#figures,
      done: this.#done,
    };
  }

  /** The loss at two fractions: a run of the probe on all samples, or what it gave before. */
  async at(place: Pair, between: () => Promise<void>): Promise<number> {
    const key = place.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const recipe = atFractions(this.#request.recipe, this.#steps, place);
    const found = await this.#losses.of(recipe, between);
    this.#known.set(key, found);
    return found;
  }

  /** Lets go of what was kept between runs: another surface has the memory now. */
  rest(): void {
    this.#losses.rest();
  }

  /** Fills the grid; the slice is given after each row, and with its figures at the end. */
  async fill({ between, onSlice }: SliceJob): Promise<StepSlice> {
    onSlice(this.slice);
    if (this.#done) return this.slice;
    const size = this.#request.grid;
    const total = size ** 2;
    let done = this.#grid.filter((loss) => !Number.isNaN(loss)).length;
    const step = () => between(done, total);
    for (const [l, level] of this.#levels.entries()) {
      for (const i of level) {
        let more = false;
        for (const j of level) {
          if (!Number.isNaN(this.#grid[i * size + j] as number)) continue;
          this.#grid[i * size + j] = await this.at(this.#placeOf(i, j), step);
          more = true;
          done++;
        }
        if (more) onSlice(this.slice);
      }
      this.#figures = { ...this.#figures, interaction: this.#interaction(level) };
      if (l === 0) await this.#readPoints(step, onSlice);
    }
    await this.#readBest(step, onSlice);
    this.#done = true;
    onSlice(this.slice);
    return this.slice;
  }

  #placeOf(i: number, j: number): Pair {
    return [this.#axes[0].values[i] as number, this.#axes[1].values[j] as number];
  }

  #interaction(level: readonly number[]): number {
    const size = this.#request.grid;
    const values = Float64Array.from(
      level.flatMap((i) => level.map((j) => this.#grid[i * size + j] as number)),
    );
    return interactionShare({ rows: level.length, columns: level.length, values });
  }

  /** The losses at the named places. */
  async #readPoints(between: () => Promise<void>, onSlice: SliceJob["onSlice"]): Promise<void> {
    const found: NamedPoint[] = [];
    for (const { name, at } of this.#places) found.push({ name, at, loss: await this.at(at, between) });
    this.#points = found;
    onSlice(this.slice);
  }

  /** The grid's best, the joint optimum that Powell's method finds from the best place known, and what holds about it. */
  async #readBest(between: () => Promise<void>, onSlice: SliceJob["onSlice"]): Promise<void> {
    const size = this.#request.grid;
    let best = 0;
    for (const [k, loss] of this.#grid.entries()) if (loss < (this.#grid[best] as number)) best = k;
    const onGrid: NamedPoint = {
      name: "best of grid",
      at: this.#placeOf(Math.floor(best / size), best % size),
      loss: this.#grid[best] as number,
    };
    const from = [...this.#points, onGrid].reduce((a, b) =>
      (b.loss ?? Number.POSITIVE_INFINITY) < (a.loss ?? Number.POSITIVE_INFINITY) ? b : a,
    );
    const placeOf = (t: Float64Array): Pair => [
      from.at[0] * Math.exp(t[0] as number),
      from.at[1] * Math.exp(t[1] as number),
    ];
    const loss = (t: Float64Array) => this.at(placeOf(t), between);
    const found = await powell(loss, new Float64Array(2), {
      bounds: { low: Float64Array.of(-0.5, -0.5), high: Float64Array.of(0.5, 0.5) },
      sweeps: JOINT_SWEEPS,
      tolerance: 0.02,
      perLine: 8,
      gain: 1e-3,
    });
    const joint: NamedPoint = { name: "joint optimum", at: placeOf(found.point), loss: found.loss };
    this.#points = [...this.#points, onGrid, joint];
    onSlice(this.slice);
    const hessian = await hessianOf(loss, found.point, DIFFERENCE);
    const [aa, ab, , bb] = hessian as unknown as [number, number, number, number];
    const slope = async (i: number) => {
      const moved = (by: number) => found.point.map((each, k) => (k === i ? each + by : each));
      return ((await loss(moved(DIFFERENCE))) - (await loss(moved(-DIFFERENCE)))) / (2 * DIFFERENCE);
    };
    this.#figures = {
      ...this.#figures,
      coupling: aa > 0 && bb > 0 ? Math.abs(ab) / Math.sqrt(aa * bb) : null,
      curvature: gaussianCurvature([await slope(0), await slope(1)], hessian),
    };
  }
}
