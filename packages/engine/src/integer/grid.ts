// Grids: which real value a code stands for, and a grid for functions of codes that no plan has one for.

import { roundHalfEven } from "@bitscape/quant";
import type { Grid, Mapped } from "./values.ts";

/** The real value of a code. */
export function realOf(code: number, { scale, zeroPoint }: Grid): number {
  return (code - zeroPoint) * scale;
}

/** A grid for a function of codes that no plan has one for: the source's where values stay on it, else over their range. */
export function gridOf({ source, of }: Mapped): Grid {
  const codes = Array.from({ length: source.high - source.low + 1 }, (_, i) => source.low + i);
  const values = codes.map((code) => of(realOf(code, source)));
  const steps = values.map((value) => value / source.scale + source.zeroPoint);
  const stays = steps.every(
    (step) => Math.abs(step - Math.round(step)) < 1e-6 && step > -0.5 && step < 255.5,
  );
  if (stays) return source;
  const least = Math.min(0, ...values);
  const scale = Math.fround((Math.max(0, ...values) - least) / 255) || 1;
  return { scale, zeroPoint: roundHalfEven(-least / scale), low: 0, high: 255 };
}

/** The code of a real value on a grid, within the codes that may occur; halves to even, as QuantizeLinear rounds. */
export function codeOf(value: number, { scale, zeroPoint, low, high }: Grid): number {
  return Math.max(low, Math.min(roundHalfEven(value / scale) + zeroPoint, high));
}
