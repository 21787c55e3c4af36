// Where a tip goes: above what it is of and in its middle, below where there is no room above, and never out of the window.

interface Box {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
}

/** Pixels between the two, and from the window's edge. */
const GAP = 6;
const EDGE = 8;

/** The left and top of a tip, in pixels of the window. */
export function beside(
  of: Box,
  tip: { readonly width: number; readonly height: number },
  { innerWidth }: { readonly innerWidth: number },
): { readonly left: number; readonly top: number } {
  const middle = of.left + of.width / 2 - tip.width / 2;
  const left = Math.max(EDGE, Math.min(innerWidth - tip.width - EDGE, middle));
  const above = of.top - tip.height - GAP;
  return { left, top: above > EDGE ? above : of.bottom + GAP };
}
