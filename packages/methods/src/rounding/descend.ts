// Rounding by coordinate descent: one weight after the other goes to that of its two neighbours on the grid which is best given the
// others, until none moves (as QuantEase, Behdin et al. 2023, arXiv 2309.01885, algorithm 1, and CDQuant, Nair & Suggala 2024, arXiv
// 2406.17542, on AdaRound's choices); then any two together, as the errors of two alike inputs make up for each other.
// Deterministic; the error of a row never rises. Any value of the grid in place of two was tried: lower on the samples that are
// learned from, higher on others (resnet8 at 3 and 4 bits). Not AdaRound's own way (relax.ts).

import type { RoundingProblem, Rungs } from "./problem.ts";

/** Passes of single moves until none helps, and of pairs, at most. */
const SWEEPS = 12;
const PAIR_SWEEPS = 3;

/**
 * Moves the values of one row in place.
 * @param values row-major [rows, inputs], each one of its rungs
 * @returns how many moves were made
 */
export function descendRow(
  { inputs, gram, cross }: RoundingProblem,
  rungs: Rungs,
  row: number,
  values: Float32Array,
): number {
  const from = row * inputs;
  const own = values.subarray(from, from + inputs);
  const state: State = {
    gram,
    values: own,
    low: rungs.low.subarray(from, from + inputs),
    high: rungs.high.subarray(from, from + inputs),
    slope: slopeOf(gram, cross.subarray(from, from + inputs), own),
  };
  let moves = singles(state);
  for (let sweep = 0; sweep < PAIR_SWEEPS; sweep++) {
    const found = pairs(state);
    if (found === 0) break;
    moves += found + singles(state);
  }
  return moves;
}

/** One row. */
interface State {
  readonly gram: Float32Array;
  readonly values: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Half the gradient: H w̃ − c. */
  readonly slope: Float64Array;
}

function slopeOf(gram: Float32Array, cross: Float32Array, values: Float32Array): Float64Array {
  const slope = Float64Array.from(cross, (each) => -each);
  for (const [i, value] of values.entries()) {
    if (value !== 0) addScaled(slope, gram, i * slope.length, value);
  }
  return slope;
}

/** Single moves that help, until there are none. */
function singles(state: State): number {
  const { values } = state;
  let moves = 0;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const before = moves;
    for (let i = 0; i < values.length; i++) {
      if (!(change(state, i) < 0)) continue;
      move(state, i);
      moves++;
    }
    if (moves === before) break;
  }
  return moves;
}

/** For each weight in turn the best partner to move with, where both together help. */
function pairs(state: State): number {
  const { gram, values } = state;
  const inputs = values.length;
  const steps = Float64Array.from(values, (_, i) => stepOf(state, i));
  const changes = Float64Array.from(values, (_, i) => change(state, i));
  let moves = 0;
  for (let i = 0; i < inputs; i++) {
    const twice = 2 * (steps[i] as number);
    if (twice === 0) continue;
    const at = i * inputs;
    let [partner, least] = [-1, -(changes[i] as number)];
    for (let j = 0; j < inputs; j++) {
      const joint = (changes[j] as number) + twice * (steps[j] as number) * (gram[at + j] as number);
      if (joint < least && j !== i) [partner, least] = [j, joint];
    }
    // What is gained by less than float32 sums are sure of is nothing.
    if (partner < 0 || (changes[i] as number) + least > -1e-7 * Math.abs(changes[i] as number)) continue;
    move(state, i);
    move(state, partner);
    moves += 2;
    for (const k of [i, partner]) steps[k] = stepOf(state, k);
    for (let k = 0; k < inputs; k++) changes[k] = change(state, k);
  }
  return moves;
}

/** What a weight moves by when it goes to its other rung. */
function stepOf({ values, low, high }: State, i: number): number {
  const value = values[i] as number;
  return (value === low[i] ? (high[i] as number) : (low[i] as number)) - value;
}

/** What that does to the error; nothing where there is no other rung. */
function change(state: State, i: number): number {
  const step = stepOf(state, i);
  const curve = state.gram[i * (state.values.length + 1)] as number;
  return step * (2 * (state.slope[i] as number) + step * curve);
}

function move(state: State, i: number): void {
  const { gram, values, low, high, slope } = state;
  const step = stepOf(state, i);
  values[i] = (values[i] === low[i] ? high[i] : low[i]) as number;
  addScaled(slope, gram, i * slope.length, step);
}

/** Adds a multiple of a matrix's row. */
function addScaled(sum: Float64Array, rows: Float32Array, from: number, by: number): void {
  for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + by * (rows[from + j] as number);
}
