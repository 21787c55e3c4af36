// A layer's lock: what it has now, no budget changes. The key for it is the heatmap's.

import { toggleLocks } from "../state/budget/budget.ts";
import { useStore } from "../state/store.ts";
import { LockIcon } from "../ui/icons.tsx";
import "./lock.css";

export function LockToggle({ layer }: { readonly layer: string }) {
  const locked = useStore((state) => state.limits.locks.includes(layer));
  return (
    <button
      type="button"
      className="lock"
      tabIndex={-1}
      aria-label={`Lock ${layer}`}
      aria-pressed={locked}
      title={locked ? "Locked: no budget changes it (L)" : "Lock against budgets (L)"}
      // The row beneath would take it for a choice.
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => toggleLocks([layer])}
    >
      <LockIcon />
    </button>
  );
}
