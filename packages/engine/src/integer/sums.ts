// Sums become codes, or int32 to dequantize. Codes: b / 2^c in int64 (Mul, Add, BitShift, Clip), or a QLinear operator
// where that is asked for and there is one. Lays nodes; the numbers are methods/dyadicLayer.ts's.

import { type Dyadic, dyadic, overflowOf, type Rescaler, rescalerOf, worstError } from "@bitscape/methods";
import { roundHalfEven } from "@bitscape/quant";
import { FLOAT_BITS } from "./arithmetic.ts";
import { codeOf } from "./grid.ts";
import type { DyadicBranch, IntegerLayer } from "./report.ts";
import type { Sheet } from "./sheet.ts";
import type { Codes, Direct, Sum, Target } from "./values.ts";

/** A target with the bounds of the activation functions that a sum goes through. */
function within(sum: Sum, target: Target): Target {
  return { ...target, low: codeOf(sum.least, target), high: codeOf(sum.greatest, target) };
}

export interface Rescaling {
  readonly sheet: Sheet;
  readonly multiplierBits: number;
  readonly qlinear: boolean;
  readonly report: (layer: IntegerLayer) => void;
}

/** Lays a sum down as codes. */
export function codesOfSum(sum: Sum, wanted: Target, rescaling: Rescaling): Codes {
  const target = within(sum, wanted);
  const { sheet } = rescaling;
  const fused = rescaling.qlinear ? sum.fused?.(target) : undefined;
  if (fused !== undefined) {
    rescaling.report(sum.direct ? addedLayer(sum, sum.direct.branches(target)) : fusedLayer(sum, target));
    return { kind: "codes", ...target, name: clipped(fused, target, sheet) };
  }
  if (sum.direct) {
    rescaling.report(addedLayer(sum, sum.direct.branches(target)));
    return { kind: "codes", ...target, name: sum.direct.lay(target) };
  }
  const ratios = sum.scale.map((scale) => scale / target.scale);
  const most = mostWithBias(sum);
  const { zeroPoint } = target;
  const numbers = { ratios, most, zeroPoint, ...(sum.bias && { bias: sum.bias }) };
  const rescaler = rescalerOf(numbers, rescaling.multiplierBits);
  const wide = sheet.cast(sum.products(), "int64", `${target.name}.wide`);
  const factor = sheet.constant(`${target.name}.b`, "int64", sum.shape, rescaler.multipliers);
  const products = sheet.step("Mul", [wide, factor], `${target.name}.product`);
  const name = shifted(products, rescaler, sum.shape, target, sheet);
  rescaling.report(rescaledLayer(sum, ratios, most, rescaler));
  return { kind: "codes", ...target, name };
}

function mostWithBias({ most, bias }: Sum): Float64Array {
  return most.map((each, c) => each + Math.abs(bias?.[c] ?? 0));
}

/** (products + k) >> c, clipped to codes: int64 → uint8. */
export function shifted(
  products: string,
  { addends, shifts, offset }: Pick<Rescaler, "addends" | "shifts" | "offset">,
  shape: readonly number[],
  { name, low, high }: Target,
  sheet: Sheet,
): string {
  const addend = sheet.constant(`${name}.k`, "int64", shape, addends);
  const shift = sheet.constant(`${name}.c`, "uint64", shape, shifts);
  const sum = sheet.step("Add", [products, addend], `${name}.sum`);
  // BitShift takes unsigned integers alone, which is what the offset is for.
  const unsigned = sheet.cast(sum, "uint64", `${name}.unsigned`);
  const steps = sheet.step("BitShift", [unsigned, shift], `${name}.steps`, {
    direction: { type: "string", value: "RIGHT" },
  });
  const bounds = [sheet.share("uint64", [offset + low]), sheet.share("uint64", [offset + high])];
  const bounded = sheet.step("Clip", [steps, ...bounds], `${name}.bounded`);
  // The offset is a multiple of 256: a cast to uint8, which keeps the low byte, leaves it away.
  return sheet.cast(bounded, "uint8", `${name}.q`);
}

/** uint8 codes kept within bounds narrower than their type. */
export function clipped(codes: string, { name, low, high }: Target, sheet: Sheet): string {
  if (low <= 0 && high >= 255) return codes;
  return sheet.step(
    "Clip",
    [codes, sheet.share("uint8", [low]), sheet.share("uint8", [high])],
    `${name}.clip`,
  );
}

/** A sum as int32 with its bias and within its bounds. */
export function rawOfSum(sum: Sum, sheet: Sheet): string {
  let raw = sum.products();
  const { bias, scale, least, greatest, shape } = sum;
  if (bias)
    raw = sheet.step("Add", [raw, sheet.constant(`${raw}.bias`, "int32", shape, bias)], `${raw}.biased`);
  const steps = (bound: number) => Int32Array.from(scale, (each) => limited(roundHalfEven(bound / each)));
  if (least > Number.NEGATIVE_INFINITY)
    raw = sheet.step(
      "Max",
      [raw, sheet.constant(`${raw}.least`, "int32", shape, steps(least))],
      `${raw}.max`,
    );
  if (greatest < Number.POSITIVE_INFINITY)
    raw = sheet.step(
      "Min",
      [raw, sheet.constant(`${raw}.most`, "int32", shape, steps(greatest))],
      `${raw}.min`,
    );
  return raw;
}

const MOST = 2 ** 31 - 1;
const CODES = 256;

/** A number of steps as an int32. */
export function limited(steps: number): number {
  return Math.max(-MOST, Math.min(steps, MOST));
}

/** b / 2^c beside the factor that it stands for. */
export function branchOf(exact: number, { multiplier, shift, value }: Dyadic): DyadicBranch {
  const relativeError = exact === 0 ? 0 : Math.abs(value - exact) / exact;
  return { multiplier, shift, exact, relativeError };
}

function addedLayer({ id, op }: Sum, branches: ReturnType<Direct["branches"]>): IntegerLayer {
  return {
    ...{ id, op, form: "add", channels: 1, overflow: null },
    multiplierBits: widest(branches),
    branches: branches.map(({ off: _, ...branch }) => branch),
    worstLsb: branches.reduce((most, { off }) => most + off, 0.5),
  };
}

function widest(branches: readonly { readonly multiplier: number }[]): number {
  return Math.max(...branches.map(({ multiplier }) => Math.ceil(Math.log2(multiplier + 1))));
}

function rescaledLayer(
  { id, op }: Sum,
  ratios: Float64Array,
  most: Float64Array,
  { dyadics }: Rescaler,
): IntegerLayer {
  const branches = dyadics.map((each, c) => branchOf(ratios[c] as number, each));
  // What lies further from the zero point than there are codes is clipped, and right however far b / 2^c is off.
  const seen = most.map((each, c) => Math.min(each, CODES / ((ratios[c] as number) || 1)));
  const errors = dyadics.map((each, c) => worstError(ratios[c] as number, each, seen[c] as number));
  const worst = errors.indexOf(Math.max(...errors));
  const fullest = most.indexOf(most.reduce((a, b) => Math.max(a, b), 0));
  return {
    ...{ id, op, form: "rescale", channels: dyadics.length },
    multiplierBits: widest(branches),
    branches: [branches[worst] as DyadicBranch],
    worstLsb: errors[worst] as number,
    overflow: overflowOf(
      { depth: 1, mostWeight: 1, mostInput: most[fullest] as number },
      dyadics[fullest] as Dyadic,
    ),
  };
}

/** What a QLinear operator computes with: fl(fl(s_x · s_w) / s_y), a b / 2^c of 24 bits; its product is rounded to a float32 too. */
function fusedLayer(sum: Sum, target: Target): IntegerLayer {
  const most = mostWithBias(sum);
  const ratios = sum.scale.map((scale) => scale / target.scale);
  const dyadics = Array.from(ratios, (ratio) => dyadic(Math.fround(ratio), FLOAT_BITS));
  const layer = rescaledLayer(sum, ratios, most, { dyadics } as never);
  // The accumulator and the product are float32: each is off by up to 2^−24 of the largest output.
  const reach = Math.min(CODES, Math.max(...ratios.map((ratio, c) => ratio * (most[c] as number))));
  return { ...layer, worstLsb: layer.worstLsb + reach * 2 ** (1 - FLOAT_BITS) };
}
