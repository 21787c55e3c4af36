// The file's size: float, and exactly what export would write for the present recipe.

import { recipeKey } from "@bitscape/engine";
import { useStore } from "../state/store.ts";
import { ArrowIcon } from "../ui/icons.tsx";
import { formatBytes, formatChange, formatExactBytes } from "../ui/numbers.ts";
import { Figure } from "./Figure.tsx";

export function SizeReadout() {
  const model = useStore((state) => state.model);
  const size = useStore((state) => state.size);
  const key = useStore((state) => recipeKey(state.recipe));
  if (!model) return null;
  const now = size?.value.bytes;
  return (
    <section className="readout" aria-label="File size">
      <Figure
        kind="float"
        value={formatBytes(model.bytes)}
        note="float file"
        tip={`The float file: ${formatExactBytes(model.bytes)}`}
      />
      <ArrowIcon />
      {now === undefined ? (
        <Figure value="…" note="quantized" tip="The size of the file that would be written" />
      ) : (
        <Figure
          value={formatBytes(now)}
          note={`quantized, ${formatChange(now / model.bytes - 1)} %`}
          stale={size?.key !== key}
          tip={`The file that Export would write: exactly ${formatExactBytes(now)}`}
        />
      )}
    </section>
  );
}
