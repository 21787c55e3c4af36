// The file's size: float, and exactly what export would write for the present recipe.

import { recipeKey } from "@bitscape/engine";
import { useStore } from "../state/store.ts";
import { ArrowIcon } from "../ui/icons.tsx";
import { formatBytes, formatChange, formatExactBytes } from "../ui/numbers.ts";
import { Tip } from "../ui/Tip.tsx";

export function SizeReadout() {
  const model = useStore((state) => state.model);
  const size = useStore((state) => state.size);
  const key = useStore((state) => recipeKey(state.recipe));
  if (!model) return null;
  const now = size?.value.bytes;
  const stale = size !== null && size.key !== key;
  return (
    <section className="readout" aria-label="File size">
      <span className="readout-label">Size</span>
      <span className="readout-row">
        <Tip text={`The float file: ${formatExactBytes(model.bytes)}`}>
          <button type="button" className="readout-value" data-of="float">
            {formatBytes(model.bytes)}
          </button>
        </Tip>
        <ArrowIcon />
        {now === undefined ? (
          <span className="readout-value quiet">…</span>
        ) : (
          <Tip text={`The file that Export would write: exactly ${formatExactBytes(now)}`}>
            <button
              type="button"
              className="readout-value"
              data-stale={stale || undefined}
              aria-label={`${formatExactBytes(now)} now`}
            >
              {formatBytes(now)}
            </button>
          </Tip>
        )}
        {now !== undefined && (
          <span className="readout-note" data-stale={stale || undefined}>
            {formatChange(now / model.bytes - 1)} %
          </span>
        )}
      </span>
    </section>
  );
}
