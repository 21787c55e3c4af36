// Bytes of each layer: in the float file and in the file that export would write now.

import type { LayerSummary, SizeReport } from "@bitscape/engine";

export interface RowSize {
  readonly float: number;
  /** NaN until known. */
  readonly now: number;
}

export function rowSizes(layers: readonly LayerSummary[], report: SizeReport | null): Map<string, RowSize> {
  const now = new Map(report?.layers.map(({ id, bytes }) => [id, bytes]));
  return new Map(
    layers.flatMap(({ id, weights }) => {
      if (weights.length === 0) return [];
      const float = weights.reduce((sum, { bytes }) => sum + bytes, 0);
      return [[id, { float, now: now.get(id) ?? Number.NaN }] as const];
    }),
  );
}

/** Of several layers together; undefined where none has weights. */
export function sizeTogether(
  layers: readonly LayerSummary[],
  sizes: ReadonlyMap<string, RowSize>,
): RowSize | undefined {
  let sum: { float: number; now: number } | undefined;
  for (const { id } of layers) {
    const size = sizes.get(id);
    if (!size) continue;
    sum ??= { float: 0, now: 0 };
    sum.float += size.float;
    sum.now += size.now;
  }
  return sum;
}
