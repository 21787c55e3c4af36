// Arithmetic: the part of a recipe that asks for a file in which integers alone are computed with from the first
// QuantizeLinear to the last DequantizeLinear. Without it a file has QDQ pairs, and the runtime decides.

/** Which operators compute: integers in the open with b / 2^c, or QLinear ones that multiply by a float32 inside. */
export const integerOperators = ["integer", "qlinear"] as const;

/** As recipes write it (arithmeticSchema.ts reads it). */
export interface Arithmetic {
  readonly kind: "integer";
  /**
   * "qlinear": QLinearConv and the like where there is one (fast; their multiplier is a float32, so b has 24 bits).
   * "integer": ConvInteger, MatMulInteger, and b / 2^c as int64 Mul, Add and BitShift (slow, exact in every runtime).
   * Where absent: "integer" if multiplierBits are given, else "qlinear".
   */
  readonly operators?: (typeof integerOperators)[number] | undefined;
  /** Bits of the multiplier b of "integer" operators: 31 if absent. */
  readonly multiplierBits?: number | undefined;
  /** Keep operators that have no integer form float, between a DequantizeLinear and a QuantizeLinear; refused if absent. */
  readonly allowFloat?: boolean | undefined;
}

export interface Settled {
  readonly operators: (typeof integerOperators)[number];
  readonly multiplierBits: number;
  readonly allowFloat: boolean;
}

/** Bits of a float32's significand: the multiplier of a QLinear operator. */
export const FLOAT_BITS = 24;

/** An arithmetic with what its missing fields mean. @throws one sentence for a width that QLinear operators do not have */
export function settled({ operators, multiplierBits, allowFloat = false }: Arithmetic): Settled {
  const chosen = operators ?? (multiplierBits === undefined ? "qlinear" : "integer");
  if (chosen === "integer") return { operators: chosen, multiplierBits: multiplierBits ?? 31, allowFloat };
  if (multiplierBits !== undefined && multiplierBits !== FLOAT_BITS) {
    throw new Error(
      `arithmetic: multipliers of ${multiplierBits} bits with QLinear operators, expected ${FLOAT_BITS} (those of a float32) or "integer" operators`,
    );
  }
  return { operators: chosen, multiplierBits: FLOAT_BITS, allowFloat };
}
