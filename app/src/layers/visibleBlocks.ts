// Which blocks of rows are drawn: those in view and one around, and the one that has the focus wherever it is. Their keys make
// React use the elements of blocks that go for blocks that come: making them anew is what scrolling would wait for.

import { blockRows, rowHeight } from "./columns.ts";
import type { ScrollBox } from "./useBox.ts";

export interface VisibleBlock {
  /** Its rows begin at index × blockRows. */
  readonly index: number;
  /** Unique among those that are drawn; the focused block keeps its own, and its elements with it. */
  readonly key: string;
}

/** @param rows how many rows there are; @param focused the row that Tab leads to */
export function visibleBlocks(
  { scrollTop, height }: Pick<ScrollBox, "scrollTop" | "height">,
  rows: number,
  focused: number,
): VisibleBlock[] {
  const blockHeight = blockRows * rowHeight;
  const count = Math.ceil(rows / blockRows);
  const first = Math.max(0, Math.floor(scrollTop / blockHeight) - 1);
  const last = Math.min(count - 1, Math.floor((scrollTop + height) / blockHeight) + 1);
  // As many as can be in view at once, so that no two of them have the same remainder.
  const slots = Math.ceil(height / blockHeight) + 4;
  const own = Math.floor(focused / blockRows);
  const indices = new Set([...Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)]);
  if (own < count) indices.add(own);
  return [...indices]
    .sort((a, b) => a - b)
    .map((index) => ({ index, key: index === own ? "focused" : `slot ${index % slots}` }));
}
