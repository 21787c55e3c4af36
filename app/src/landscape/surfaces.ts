// How the networks of a weight-space slice are called: float, a width, the recipe's.

/** "float", "4 bits", "the recipe". */
export function surfaceName(of: string): string {
  if (of === "recipe") return "the recipe";
  return Number.isInteger(Number(of)) ? `${of} bits` : of;
}

/** Decides a line's colour; null where it is no width. */
export function surfaceBits(of: string): number | null {
  const bits = Number.parseInt(of, 10);
  return Number.isInteger(bits) ? bits : null;
}
