// What a quantized weight takes in the file and in a session's memory, and the choice between the two where there is one.

import { type LayerSummary, type Memory, recipeKey, type StoredTensor } from "@bitscape/engine";
import type { Scheme } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { formatBytes } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";
import type { Change } from "./schemeFields.tsx";

interface Props {
  readonly layer: LayerSummary;
  readonly scheme: Scheme;
  readonly change: Change;
}

const words: Readonly<Record<Memory, string>> = {
  compact: "stays small in memory",
  expanded: "is expanded to float when loaded",
};

export function MemoryField({ layer, scheme, change }: Props) {
  const size = useStore((state) => state.size);
  const key = useStore((state) => recipeKey(state.recipe));
  const stored = size?.value.tensors.filter((tensor) => tensor.layer === layer.id) ?? [];
  const [first] = stored;
  if (!first) return null;
  const { can, choice } = first.memory;
  return (
    <>
      <dt>
        <Term of="memory">Memory</Term>
      </dt>
      <dd className="memory" data-stale={size?.key !== key || undefined}>
        {can.length > 1 && (
          <Segments
            label="Memory"
            value={scheme.memory ?? choice}
            options={[
              { value: "compact", text: "compact" },
              { value: "expanded", text: "expanded" },
            ]}
            onChange={(value) => change({ memory: value as Memory })}
          />
        )}
        <span>{memoryWords(stored)}</span>
      </dd>
    </>
  );
}

/** "4.61 kB in the file; stays small in memory: 4.7 kB". */
export function memoryWords(stored: readonly StoredTensor[]): string {
  const file = stored.reduce((sum, { bytes }) => sum + bytes, 0);
  const held = stored.reduce((sum, { memory }) => sum + memory.bytes, 0);
  const kinds = new Set(stored.map(({ memory }) => words[memory.choice]));
  return `${formatBytes(file)} in the file; ${[...kinds].join(" or ")}: ${formatBytes(held)}`;
}
