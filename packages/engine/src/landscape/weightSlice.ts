// Weight-space slices: the loss along directions from the float weights and from quantized ones, the same directions for each.
// Biases stay: batch normalisation is folded into filters here. Source: Li et al. 2018, "Visualizing the loss landscape of
// neural nets", §3 and §4; the path from one set of weights to another is Goodfellow et al. 2015.

import { projection, randomDirection } from "@bitscape/methods";
import { seededRandom, toFloat32 } from "@bitscape/tensor";
import { columnScheme } from "../cells/sensitivity.ts";
import type { Weight } from "../network/weights.ts";
import { planRecipe, type Ranges } from "../plan/plan.ts";
import { floatWeight, simulateWeight, weightTensor } from "../plan/weight.ts";
import { type LayerChoice, type Recipe, schemeFor } from "../recipe.ts";
import { evaluate } from "../score/evaluate.ts";
import type { Study } from "../study.ts";
import type { NamedPoint, WeightAxis, WeightSlice, WeightSliceRequest, WeightSurface } from "./calls.ts";
import { levelsOf } from "./fineness.ts";
import { leadingDirections } from "./leading.ts";
import { lossOf } from "./loss.ts";

type Values = readonly Float32Array[];

interface Surface {
  readonly of: string;
  readonly centre: Values;
  readonly directions: readonly [Values] | readonly [Values, Values];
  readonly loss: Float64Array;
  points: NamedPoint[];
  flatness: number | null;
}

// Points of the circle over which flatness is a mean.
const AROUND = 8;

export interface WeightJob {
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onSlice: (slice: WeightSlice) => void;
}

export class WeightSurfaces {
  readonly #study: Study;
  readonly #request: WeightSliceRequest;
  readonly #ranges: Ranges | undefined;
  readonly #weights: readonly Weight[];
  readonly #float: Values;
  readonly #indices: readonly number[];
  #axes: readonly WeightAxis[] = [];
  #surfaces: readonly Surface[] | undefined;
  #done = false;

  constructor(study: Study, request: WeightSliceRequest, ranges: Ranges | undefined) {
    if (!(request.grid >= 3)) throw new Error(`grid: ${request.grid}, expected at least 3 values a side`);
    this.#study = study;
    this.#request = request;
    this.#ranges = ranges;
    this.#indices = study.samples(request.samples);
    this.#weights = study.network.layers.flatMap(({ weights }) => weights);
    this.#float = this.#weights.map(({ name }) => {
      const { dtype, data } = floatWeight(study.network, name);
      return toFloat32(dtype, data);
    });
  }

  get slice(): WeightSlice {
    const { reference, dataset } = this.#study;
    return {
      kind: "weight",
      axes: this.#axes as WeightSlice["axes"],
      metric: reference.metric,
      n: this.#indices.length,
      data: dataset.kind,
      surfaces: (this.#surfaces ?? []).map(
        ({ of, loss, points, flatness }): WeightSurface => ({ of, loss: loss.slice(), points, flatness }),
      ),
      done: this.#done,
    };
  }

  /** Fills the grids of all surfaces together, coarse to fine. */
  async fill({ between, onSlice }: WeightJob): Promise<WeightSlice> {
    const { grid, directions } = this.#request;
    const planar = directions !== "path";
    const count = (this.#request.bits.length + (planar ? 1 : 0)) * (planar ? grid * grid : grid);
    let done = this.slice.surfaces.reduce(
      (sum, { loss }) => sum + loss.filter((each) => !Number.isNaN(each)).length,
      0,
    );
    const step = () => between(done, count);
    this.#surfaces ??= planar ? await this.#plane(step) : this.#path();
    const surfaces = this.#surfaces;
    onSlice(this.slice);
    if (this.#done) return this.slice;
    for (const level of levelsOf(grid)) {
      for (const i of planar ? level : [0]) {
        let more = false;
        for (const surface of surfaces) {
          for (const j of level) {
            const at = i * grid + j;
            if (!Number.isNaN(surface.loss[at] as number)) continue;
            surface.loss[at] = await this.#loss(surface, this.#placeOf(i, j), step);
            more = true;
            done++;
          }
        }
        if (more) onSlice(this.slice);
      }
    }
    for (const surface of surfaces) await this.#read(surface, step);
    this.#done = true;
    onSlice(this.slice);
    return this.slice;
  }

  /** Coordinates: along the one axis of a path; rows follow the first axis of a plane. */
  #placeOf(i: number, j: number): readonly [number, number] {
    const [first, second] = this.#axes;
    return second
      ? [first?.values[i] as number, second.values[j] as number]
      : [first?.values[j] as number, 0];
  }

  #path(): Surface[] {
    const { grid, bits } = this.#request;
    const values = Float64Array.from({ length: grid }, (_, i) => -0.5 + (2 * i) / (grid - 1));
    this.#axes = [{ label: "from float (0) to quantized (1)", values }];
    return bits.map((each) => ({
      ...this.#blank(nameOf(each), grid),
      centre: this.#float,
      directions: [difference(this.#quantized(each), this.#float)],
    }));
  }

  async #plane(between: () => Promise<void>): Promise<Surface[]> {
    const { grid, bits, seed, directions, radius = 1 } = this.#request;
    const values = Float64Array.from({ length: grid }, (_, i) => radius * (-1 + (2 * i) / (grid - 1)));
    const filtered = this.#weights.map(({ shape, channelAxis: axis }, l) => ({
      values: this.#float[l] as Float32Array,
      shape,
      axis,
    }));
    const random = seededRandom(seed);
    const { labels, found } =
      directions === "hessian"
        ? await leadingDirections(this.#study, this.#weights, this.#float, this.#indices, random, between)
        : {
            labels: [1, 2].map(
              (k) => `random direction ${k}, filter-normalised (1: as large as each filter)`,
            ),
            found: [randomDirection(filtered, random), randomDirection(filtered, random)] as const,
          };
    this.#axes = labels.map((label) => ({ label, values }));
    const blank = (of: string) => ({ ...this.#blank(of, grid * grid), directions: found });
    const surfaces: Surface[] = [{ ...blank("float"), centre: this.#float }];
    for (const each of bits) {
      const centre = this.#quantized(each);
      const at = projection(difference(centre, this.#float), ...found);
      (surfaces[0] as Surface).points.push({ name: `projection of ${nameOf(each)}`, at, loss: null });
      surfaces.push({ ...blank(nameOf(each)), centre });
    }
    return surfaces;
  }

  #blank(of: string, size: number): Pick<Surface, "of" | "loss" | "points" | "flatness"> {
    return { of, loss: new Float64Array(size).fill(Number.NaN), points: [], flatness: null };
  }

  /** The weights that a width, or the recipe, computes with. */
  #quantized(bits: number | "recipe"): Values {
    const { network } = this.#study;
    const { recipe } = this.#request;
    if (bits === "recipe" && !recipe)
      throw new Error('bits: "recipe" without one, expected a recipe beside it');
    const plan = planRecipe(
      network,
      bits === "recipe" ? (recipe as Recipe) : this.#atWidth(bits),
      this.#ranges,
    );
    return this.#weights.map((weight, l) => {
      const own = plan.weights.get(weight.name);
      if (!own) return this.#float[l] as Float32Array;
      const { dtype, data } = simulateWeight(network, own);
      return toFloat32(dtype, data);
    });
  }

  /** Every weight at a width, in the recipe's schemes where it has some; of others the least squared error. */
  #atWidth(bits: number): Recipe {
    const { recipe } = this.#request;
    const layers = this.#study.network.layers
      .filter(({ weights }) => weights.length > 0)
      .map(({ id }): [string, LayerChoice] => {
        const own = recipe && schemeFor(recipe, id, "weight");
        return [id, { weight: columnScheme("weight", bits, own ?? { range: "mse" }) }];
      });
    return { schema: "bitscape/recipe/1", layers: Object.fromEntries(layers) };
  }

  async #loss(
    { centre, directions }: Surface,
    at: readonly [number, number],
    between: () => Promise<void>,
  ): Promise<number> {
    const { probe, reference } = this.#study;
    const moved = this.#weights.map((weight, l) => {
      const [first, second] = directions.map((direction) => direction[l]);
      const values = (centre[l] as Float32Array).map(
        (x, i) => x + at[0] * (first?.[i] as number) + (second ? at[1] * (second[i] as number) : 0),
      );
      return [weight.name, weightTensor(weight, values)] as const;
    });
    const settings = { ...probe.settings(), ...Object.fromEntries(moved) };
    const run = (feeds: Parameters<typeof probe.run>[0]) => probe.run(feeds, settings);
    return lossOf(await evaluate(reference, probe, this.#indices, run, between));
  }

  /** The losses of what is marked, and how steep it is around the centre. */
  async #read(surface: Surface, between: () => Promise<void>): Promise<void> {
    const at = (name: string, place: readonly [number, number]) => ({ name, at: place, loss: null });
    if (surface.directions.length === 1) surface.points = [at("float", [0, 0]), at(surface.of, [1, 0])];
    else surface.points = [at(surface.of, [0, 0]), ...surface.points];
    for (const [k, point] of surface.points.entries()) {
      surface.points[k] = { ...point, loss: await this.#loss(surface, point.at, between) };
    }
    if (surface.directions.length === 1) return;
    let sum = 0;
    for (let k = 0; k < AROUND; k++) {
      const angle = (2 * Math.PI * k) / AROUND;
      sum += await this.#loss(surface, [Math.cos(angle), Math.sin(angle)], between);
    }
    surface.flatness = sum / AROUND - (surface.points[0]?.loss as number);
  }
}

const nameOf = (bits: number | "recipe") => (bits === "recipe" ? "recipe" : `${bits} bits`);

const difference = (a: Values, b: Values): Float32Array[] =>
  a.map((values, l) => values.map((x, i) => x - ((b[l] as Float32Array)[i] as number)));
