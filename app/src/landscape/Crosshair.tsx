// The crosshair over a slice: the present clips of its two tensors. Dragged on the picture, or moved by arrow keys.

import type { KeyboardEvent } from "react";
import type { Frame } from "../charts/FieldChart.tsx";
import { type PlotAxis, placeOf, valueAt } from "../charts/plotAxis.ts";
import { dragTo, giveUp, release, settle } from "../state/landscape/crosshair.ts";
import type { Crosshair } from "../state/landscape/landscape.ts";
import type { StepAsked } from "../state/landscape/slices.ts";
import { tensorName } from "../state/landscape/tensors.ts";
import { formatDivergence } from "../ui/numbers.ts";

type Place = readonly [number, number];

/** Pixels of a place, on the picture's edge where it is beyond. */
export const held = (frame: Frame, at: Place) => ({
  x: Math.min(frame.left + frame.width, Math.max(frame.left, frame.x(at[1]))),
  y: Math.min(frame.top + frame.height, Math.max(frame.top, frame.y(at[0]))),
});

export function CrosshairLines({ frame, at }: { readonly frame: Frame; readonly at: Place }) {
  const { x, y } = held(frame, at);
  const lines = `M${frame.left} ${y}h${frame.width}M${x} ${frame.top}v${frame.height}`;
  return (
    <g>
      <path className="crosshair-shade" d={lines} />
      <path className="crosshair-line" d={lines} />
    </g>
  );
}

interface Props {
  readonly asked: StepAsked;
  readonly axes: readonly [PlotAxis, PlotAxis];
  readonly frame: Frame;
  readonly crosshair: Crosshair;
  readonly unit: string;
  readonly predict: (at: Place) => number;
}

/** What keys move: a slider in two dimensions. One visit, however many keys, is one step of undo. */
export function CrosshairHandle({ asked, axes, frame, crosshair, unit, predict }: Props) {
  const { at, predicted, measured, dragging } = crosshair;
  const { x, y } = held(frame, at);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && dragging) {
      event.stopPropagation();
      return giveUp(asked);
    }
    const by = moves[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 5 : 1;
    const to = at.map((value, i) => {
      const axis = axes[i] as PlotAxis;
      return valueAt(axis, placeOf(axis, value) + step * (by[i] as number));
    }) as unknown as Place;
    dragTo(asked, to, predict(to));
  };
  const loss = measured ?? predicted;
  const words = asked.pair.map((of, i) => `${tensorName(of)} ${(at[i] as number).toPrecision(3)}`).join(", ");
  return (
    <div
      className="crosshair"
      style={{ left: x, top: y }}
      role="slider"
      tabIndex={0}
      aria-roledescription="crosshair"
      aria-label="Clips of both tensors"
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={Number(at[1].toPrecision(3))}
      aria-valuetext={`${words}: loss ${formatDivergence(loss)} ${unit}, ${measured === null ? "predicted" : "measured"}`}
      data-dragging={dragging || undefined}
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (moves[event.key]) release(asked, "crosshair");
      }}
      onBlur={() => {
        release(asked, "crosshair");
        settle();
      }}
    />
  );
}

const moves: Readonly<Record<string, Place>> = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
