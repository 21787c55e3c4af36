// A horizontal edge between two parts, dragged or moved by arrow keys; a double click, or Enter, puts it back.

import "./divider.css";

interface Props {
  readonly label: string;
  /** Of the part that the edge sizes, 0 to 1. */
  readonly share: number;
  readonly least: number;
  readonly most: number;
  /** The share that is seen, where it may be another one: keys go on from it. */
  readonly seen?: () => number;
  /** The share where the edge is at so many pixels of the window. */
  readonly shareAt: (y: number, edge: Element) => number;
  /** Which way the edge goes where the share grows. */
  readonly grows: "up" | "down";
  readonly onShare: (share: number) => void;
  readonly onReset: () => void;
}

const STEP = 0.05;

export function Divider({ label, share, least, most, seen, shareAt, grows, onShare, onReset }: Props) {
  const up = grows === "up" ? STEP : -STEP;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved has no element of its own
    <div
      className="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={label}
      aria-valuenow={Math.round(100 * share)}
      aria-valuemin={100 * least}
      aria-valuemax={100 * most}
      title="Drag, or arrow keys; double click for the usual height"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          onShare(shareAt(event.clientY, event.currentTarget));
        }
      }}
      onDoubleClick={onReset}
      onKeyDown={(event) => {
        const step = event.key === "ArrowUp" ? up : event.key === "ArrowDown" ? -up : 0;
        if (step === 0 && event.key !== "Enter") return;
        event.preventDefault();
        if (step === 0) onReset();
        else onShare((seen?.() ?? share) + step);
      }}
    />
  );
}
