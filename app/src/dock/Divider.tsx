// The edge between the work and the dock, dragged or moved by arrow keys.

import { LEAST, MOST, setShare, useDock } from "../state/dock.ts";

const STEP = 0.05;

export function Divider() {
  const share = useDock((state) => state.share);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved has no element of its own
    <div
      className="dock-divider"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the panel"
      aria-valuenow={Math.round(100 * share)}
      aria-valuemin={100 * LEAST}
      aria-valuemax={100 * MOST}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          setShare(1 - event.clientY / window.innerHeight);
        }
      }}
      onKeyDown={(event) => {
        const step = event.key === "ArrowUp" ? STEP : event.key === "ArrowDown" ? -STEP : 0;
        if (step === 0) return;
        event.preventDefault();
        setShare(share + step);
      }}
    />
  );
}
