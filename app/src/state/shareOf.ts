// A share of a height that somebody chose, remembered by this browser and held within its limits.

export interface Limits {
  readonly key: string;
  readonly least: number;
  readonly most: number;
}

/** What was remembered; null where nothing was. */
export function rememberedShare({ key, least, most }: Limits): number | null {
  try {
    const share = Number.parseFloat(localStorage.getItem(key) ?? "");
    if (share >= least && share <= most) return share;
  } catch {
    // No storage.
  }
  return null;
}

/** The share within its limits, remembered. */
export function rememberShare({ key, least, most }: Limits, share: number): number {
  const held = Math.min(most, Math.max(least, share));
  try {
    localStorage.setItem(key, held.toFixed(3));
  } catch {
    // Not remembered, still applied.
  }
  return held;
}

export function forgetShare({ key }: Limits): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was remembered.
  }
}
