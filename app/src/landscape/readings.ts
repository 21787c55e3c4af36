// What the landscape's figures mean, in words that help to decide.

/** Above the first, choosing one clip after the other misses the joint optimum noticeably; above the second, by much. */
const limits = { coupling: [0.25, 0.5], interaction: [0.05, 0.15] } as const;

/**
 * Whether two clips can be chosen apart: by the coupling at the best place, which is what a choice meets; until it is known,
 * by the interaction over the whole slice. Null while nothing is known.
 */
export function separability(interaction: number | null, coupling: number | null): string | null {
  const value = coupling ?? interaction;
  if (value === null) return null;
  const [some, much] = limits[coupling === null ? "interaction" : "coupling"];
  const where = coupling === null ? " (over the whole slice, so far)" : " about the best place";
  if (value > much) return `These two cannot be chosen apart${where}: choose them jointly.`;
  if (value > some) return `These two influence each other${where}: choosing them jointly may gain a little.`;
  return `These two can be chosen apart${where}, one after the other.`;
}

export const percentWords = (share: number) => `${(100 * share).toPrecision(2)} %`;

/** "KL to float, nats". */
export const lossUnit = (metric: string) =>
  metric === "kl"
    ? "KL to float, nats"
    : metric === "mse"
      ? "relative squared error"
      : metric.replace("-", " ");

/** "n=64 samples", "n=64 synthetic samples". */
export const sampleWords = (n: number, data: "real" | "synthetic") =>
  `n=${n}${data === "synthetic" ? " synthetic" : ""} samples`;

/** "fell by 34 %", "rose by 2 %". */
export function changeWords(before: number, after: number): string {
  if (!(before > 0) || !Number.isFinite(after)) return "";
  const share = after / before - 1;
  if (Math.abs(share) < 0.0005) return "unchanged";
  return `${share < 0 ? "fell" : "rose"} by ${(100 * Math.abs(share)).toPrecision(2)} %`;
}
