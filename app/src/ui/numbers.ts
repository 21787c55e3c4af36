// How numbers are written on the screen: sizes, fractions, divergences, times, each with its unit. Not what they mean.

import type { Finding } from "@bitscape/engine";

const grouped = new Intl.NumberFormat("en");

/** A length in bytes with three significant digits and an SI unit: 1 kB is 1000 bytes. */
export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** The same to the byte. */
export const formatExactBytes = (bytes: number) => `${grouped.format(bytes)} bytes`;

/** A whole number with thousands separated. */
export const formatCount = (count: number) => grouped.format(count);

/** A large count with a suffix: 78.1 k, 2.30 M. */
export function formatLarge(count: number): string {
  for (const [suffix, unit] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (count >= unit) {
      const value = count / unit;
      return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${suffix}`;
    }
  }
  return String(count);
}

/** A fraction in percent, without its sign: 57.6. */
export const formatPercent = (fraction: number) => noMinusZero((fraction * 100).toFixed(1));

/** A share of a whole in words for the small ones: "none", "under 0.01 %", "2.3 %". */
export const formatShare = (share: number) =>
  share === 0 ? "none" : share < 0.0001 ? "under 0.01 %" : `${Number((100 * share).toPrecision(2))} %`;

/** A signed change in percent; the minus sign is a real one. */
export function formatChange(fraction: number): string {
  const text = formatPercent(Math.abs(fraction));
  return text === "0.0" ? "0.0" : `${fraction < 0 ? "−" : "+"}${text}`;
}

/** A divergence with three significant digits; small ones by exponent. */
export function formatDivergence(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "unknown" : "∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-12) return "< 1e-12";
  if (size < 1e-3) return value.toExponential(1).replaceAll("-", "−");
  return value.toPrecision(digits).replace("-", "−");
}

/** Half the 95 % interval. */
export const halfWidth = (finding: Finding) => (finding.high - finding.low) / 2;

/** "0.0123 ±0.002", the interval with one significant digit; one that is clearly lopsided by its ends: "0.0123 (0.009 to 0.03)". */
export function formatDivergenceFinding(finding: Finding): string {
  const { low, high } = finding;
  const half = halfWidth(finding);
  const value = formatDivergence(finding.value);
  if (!Number.isFinite(half)) return value;
  // What cannot be negative has no interval that reaches below zero.
  if (isLopsided(finding) || (low >= 0 && half > finding.value))
    return `${value} (${formatEnd(low)} to ${formatEnd(high)})`;
  return `${value} ±${formatHalf(half)}`;
}

/** Whether an interval reaches much further to one side. */
function isLopsided({ value, low, high }: Pick<Finding, "value" | "low" | "high">): boolean {
  const [below, above] = [value - low, high - value];
  return Math.abs(above - below) > 0.4 * (above + below);
}

const formatEnd = (end: number) => formatDivergence(end, 2);

function formatHalf(half: number): string {
  if (half === 0) return "0";
  if (half < 1e-3) return half.toExponential(0).replace("-", "−");
  return String(Number(half.toPrecision(1)));
}

/** "57.6 % ±2.1"; an interval that is clearly one-sided is written as that: "57.6 % −4.7". */
export function formatAccuracyFinding({ value, low, high }: Finding): string {
  const text = `${formatPercent(value)} %`;
  const [below, above] = [value - low, high - value];
  if (!Number.isFinite(below + above)) return text;
  if (!isLopsided({ value, low, high })) return `${text} ±${formatPercent((above + below) / 2)}`;
  const sides = [
    below >= 0.0005 && `−${formatPercent(below)}`,
    above >= 0.0005 && `+${formatPercent(above)}`,
  ];
  return [text, ...sides.filter(Boolean)].join(" ");
}

/** A time to come, in the coarsest words that still help. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return "under 1 s";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A weight or activation value on an axis. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const text = size >= 1e4 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

/** A shape as the field writes it: 1×3×32×32. */
export const formatShape = (shape: readonly number[]) => (shape.length ? shape.join("×") : "scalar");

const noMinusZero = (text: string) => text.replace(/^-(0(\.0+)?)$/, "$1");
