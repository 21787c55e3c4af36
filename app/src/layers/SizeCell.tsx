// A row's bytes, before and now; a layer's over a bar that compares it with the largest layer.

import { formatBytes } from "../ui/numbers.ts";
import type { RowSize } from "./rowSizes.ts";

export function SizeCell({
  size,
  largest,
}: {
  readonly size: RowSize | undefined;
  /** Without it there is no bar. */
  readonly largest?: number;
}) {
  if (!size) return <div className="heat-size" aria-hidden="true" />;
  const share = (bytes: number) => `${(100 * bytes) / (largest ?? 1)}%`;
  return (
    <div className="heat-size" aria-hidden="true">
      {largest !== undefined && (
        <span className="heat-bars">
          <i style={{ width: share(size.float) }} />
          {!Number.isNaN(size.now) && <i data-now="" style={{ width: share(size.now) }} />}
        </span>
      )}
      <span className="heat-float">{formatBytes(size.float)}</span>
      <span className="heat-now">{Number.isNaN(size.now) ? "…" : formatBytes(size.now)}</span>
    </div>
  );
}
