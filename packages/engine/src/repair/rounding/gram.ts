// What samples say of a site: for each group of rows, the matrices of its least squares (methods' RoundingProblem), from places of
// outputs that a seeded generator chooses. Some samples are kept apart, to tell whether what was learned holds for others too.

import type { RoundingProblem } from "@bitscape/methods";
import { patches, placesOf, tapsOf, targets } from "./patches.ts";
import type { Product } from "./products.ts";
import type { RoundingSite } from "./sites.ts";
import type { Seen } from "./walk.ts";

/** Every such sample is kept apart. */
const APART = 4;
// Places for each input, and at least: fewer leave H without full rank, more cost time.
const PLACES_AN_INPUT = 8;
const LEAST_PLACES = 2048;
// Groups between two turns: those of depthwise convolutions are small.
const GROUPS = 64;
// Places whose products are taken at once: of networks that run one sample at a time there are few each.
const TOGETHER = 512;

/** A group's problem on the samples that are learned from, and on those apart; null where there are none of these. */
export interface Evidence {
  readonly learned: RoundingProblem;
  readonly apart: RoundingProblem | null;
}

export interface GramJob {
  readonly site: RoundingSite;
  /** The weight's float values, as it lies in the tensor. */
  readonly values: Float32Array;
  readonly seen: AsyncIterable<Seen>;
  /** Samples in all. */
  readonly samples: number;
  readonly product: Product;
  /** In [0, 1). */
  readonly random: () => number;
  readonly between: () => Promise<void>;
}

class Sums {
  readonly gram: Float64Array;
  readonly cross: Float64Array;
  readonly power: Float64Array;
  places = 0;
  #waiting: { readonly x: Float32Array; readonly y: Float32Array; readonly count: number }[] = [];
  #count = 0;

  constructor(rows: number, inputs: number) {
    this.gram = new Float64Array(inputs * inputs);
    this.cross = new Float64Array(rows * inputs);
    this.power = new Float64Array(rows);
  }

  /** @param x row-major [inputs, count] @param y row-major [rows, count] */
  async add(x: Float32Array, y: Float32Array, count: number, product: Product): Promise<void> {
    this.#waiting.push({ x, y, count });
    this.#count += count;
    if (this.#count >= TOGETHER) await this.end(product);
  }

  /** Sums what waits. */
  async end(product: Product): Promise<void> {
    const count = this.#count;
    if (count === 0) return;
    const parts = this.#waiting;
    const x = beside(parts.map((part) => ({ values: part.x, columns: part.count })));
    const y = beside(parts.map((part) => ({ values: part.y, columns: part.count })));
    this.#waiting = [];
    this.#count = 0;
    add(this.gram, await product(x, x, count));
    add(this.cross, await product(y, x, count));
    for (let row = 0; row < this.power.length; row++) {
      let sum = 0;
      for (let p = row * count; p < (row + 1) * count; p++) sum += (y[p] as number) ** 2;
      this.power[row] = (this.power[row] as number) + sum;
    }
    this.places += count;
  }

  problem(inputs: number, weights: Float32Array): RoundingProblem {
    const { gram, cross, power, places } = this;
    const mean = (sums: Float64Array) => Float32Array.from(sums, (sum) => sum / places);
    const rows = power.length;
    return {
      rows,
      inputs,
      weights,
      gram: mean(gram),
      cross: mean(cross),
      power: power.map((sum) => sum / places),
    };
  }
}

/** The evidence of each group. */
export async function evidenceOf(job: GramJob): Promise<Evidence[]> {
  const { site, values, product, random, between, samples } = job;
  const { groups, rows, inputs, element } = site;
  const all = Array.from({ length: groups }, () => [new Sums(rows, inputs), new Sums(rows, inputs)] as const);
  const wanted = Math.max(LEAST_PLACES, PLACES_AN_INPUT * inputs);
  for await (const seen of job.seen) {
    const { input, output, count, size, first } = seen;
    const each = placesOf(site, output) / size;
    for (const apart of [0, 1] as const) {
      const own: number[] = [];
      for (let n = 0; n < count; n++) {
        if (((first + n) % APART === APART - 1) === (apart === 1)) {
          const share = Math.min(each, Math.ceil(wanted / samples));
          for (const place of someOf(each, share, random)) own.push(n * each + place);
        }
      }
      if (own.length === 0) continue;
      const places = Uint32Array.from(own);
      const taps = tapsOf(site.geometry, input.shape, output.shape, places);
      for (let group = 0; group < groups; group++) {
        const x = patches(site, group, input, places, taps);
        const y = targets(site, group, output, places);
        await (all[group] as readonly [Sums, Sums])[apart].add(x, y, places.length, product);
        if (group % GROUPS === 0) await between();
      }
    }
  }
  for (const sums of all) for (const each of sums) await each.end(product);
  return all.map(([learned, apart], group) => {
    const weights = new Float32Array(rows * inputs);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < inputs; j++) weights[row * inputs + j] = values[element(group, row, j)] as number;
    }
    return {
      learned: learned.problem(inputs, weights),
      apart: apart.places > 0 ? apart.problem(inputs, weights) : null,
    };
  });
}

/** Row-major matrices of as many rows side by side. */
function beside(parts: readonly { readonly values: Float32Array; readonly columns: number }[]): Float32Array {
  const [only, second] = parts;
  if (only && !second) return only.values;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const rows = only ? only.values.length / only.columns : 0;
  const made = new Float32Array(rows * columns);
  let from = 0;
  for (const { values, columns: own } of parts) {
    for (let row = 0; row < rows; row++)
      made.set(values.subarray(row * own, (row + 1) * own), row * columns + from);
    from += own;
  }
  return made;
}

/** Some of the numbers below a count, each once. */
function someOf(count: number, wanted: number, random: () => number): number[] {
  if (wanted >= count) return Array.from({ length: count }, (_, i) => i);
  const found = new Set<number>();
  while (found.size < wanted) found.add(Math.floor(random() * count));
  return [...found];
}

function add(sums: Float64Array, more: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (more[i] as number);
}
