// Rounding that keeps sums: after rounding to nearest, some codes are moved by one so that the errors of each kernel,
// then of each channel, cancel to within half a step. Data-free. Source: SQuant (Guo et al., ICLR 2022), its kernel-
// and channel-wise stages (§3.3, Algorithm 1). An activation with a mean then no longer leaks through a rounded filter.

import type { Affine } from "./encoded.ts";
import type { IntegerFacts } from "./formats/facts.ts";
import type { Groups } from "./grouping.ts";
import type { QParams } from "./qparams.ts";
import { roundHalfEven } from "./round.ts";

/** One candidate move: an element, and the error that is left of its own if it is moved. */
interface Errors {
  /** In steps: code − zeroPoint − x / scale, in [−½, ½] where the value is not clipped. */
  readonly error: Float64Array;
  readonly codes: Affine["codes"];
  readonly format: IntegerFacts;
}

/**
 * Moves codes in place.
 * @param kernel elements of one kernel, contiguous (height × width); 1 where there are none. A kernel must lie in one group
 */
export function compensate(
  data: Float32Array,
  codes: Affine["codes"],
  groups: Groups,
  params: QParams,
  format: IntegerFacts,
  kernel: number,
): void {
  const error = new Float64Array(data.length);
  const members = membersOf(groups);
  const all: Errors = { error, codes, format };
  for (let group = 0; group < groups.count; group++) {
    const scale = params.scale[group] as number;
    const zero = params.zeroPoint[group] as number;
    const elements = members(group);
    for (const i of elements) error[i] = (codes[i] as number) - zero - (data[i] as number) / scale;
    let sum = 0;
    if (kernel > 1 && elements.length % kernel === 0) {
      for (let from = 0; from < elements.length; from += kernel) {
        sum += balance(all, elements.subarray(from, from + kernel));
      }
    } else {
      for (const i of elements) sum += error[i] as number;
    }
    balance(all, elements, sum);
  }
}

/** Moves the elements that gain most until the errors sum to at most half a step; gives the sum that is left. */
function balance({ error, codes, format }: Errors, elements: Uint32Array, known?: number): number {
  let sum = known ?? elements.reduce((total, i) => total + (error[i] as number), 0);
  const direction = Math.sign(sum);
  let moves = Math.abs(roundHalfEven(sum));
  if (moves === 0) return sum;
  // Most of the wanted sign first. One that rounds the other way, or is clipped, is not moved at all.
  const order = elements
    .filter((i) => (error[i] as number) * direction > 0 && Math.abs(error[i] as number) <= 0.5)
    .sort((a, b) => Math.abs(error[b] as number) - Math.abs(error[a] as number));
  for (const i of order) {
    if (moves === 0) break;
    const moved = (codes[i] as number) - direction;
    if (moved < format.qmin || moved > format.qmax) continue;
    codes[i] = moved;
    error[i] = (error[i] as number) - direction;
    sum -= direction;
    moves--;
  }
  return sum;
}

/** Indices of a group's elements, in order. */
function membersOf(groups: Groups): (group: number) => Uint32Array {
  const sizes = new Uint32Array(groups.count + 1);
  const { outer, dim, inner, at, step } = groups;
  const visit = (each: (index: number, group: number) => void) => {
    let index = 0;
    for (let o = 0; o < outer; o++) {
      for (let d = 0; d < dim; d++) {
        const group = at(o, d);
        for (let i = 0; i < inner; i++) each(index++, group + i * step);
      }
    }
  };
  visit((_, group) => {
    sizes[group + 1] = (sizes[group + 1] as number) + 1;
  });
  for (let g = 0; g < groups.count; g++) sizes[g + 1] = (sizes[g + 1] as number) + (sizes[g] as number);
  const starts = sizes.slice();
  const indices = new Uint32Array(sizes[groups.count] as number);
  visit((index, group) => {
    indices[starts[group] as number] = index;
    starts[group] = (starts[group] as number) + 1;
  });
  return (group) => indices.subarray(sizes[group], sizes[group + 1]);
}
