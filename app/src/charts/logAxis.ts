// Logarithmic axes: which powers of ten hold all values, and which of them to write.

/** Exponents of the decades that hold all values, from below the least to above the most; at least one decade. */
export function decadesOf(values: readonly number[], floor: number): readonly [low: number, high: number] {
  const logs = values.map((value) => Math.log10(Math.max(floor, value)));
  const low = Math.floor(logs.reduce((a, b) => Math.min(a, b), logs[0] ?? 0));
  return [low, Math.ceil(logs.reduce((a, b) => Math.max(a, b), low + 1))];
}

/** Exponents to write, about so many at most. */
export function exponents(low: number, high: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / most));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
}

/** "0.01", "1e−5". */
export const powerOfTen = (exponent: number) =>
  exponent >= -3 && exponent <= 3
    ? String(Number(`1e${exponent}`))
    : `1e${String(exponent).replace("-", "−")}`;
