// One end of a represented range, to be dragged along a value axis or moved by keys: a slider in the tensor's own units.

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { formatValue } from "../ui/numbers.ts";
import type { Axis } from "./valueAxis.ts";

interface Props {
  readonly label: string;
  readonly axis: Axis;
  readonly value: number;
  /** What a move means, in words: how much is clipped. */
  readonly words: string;
  /** By how much a key moves it; null for keys that do not. */
  readonly keyMove: (key: string, shift: boolean) => number | null;
  /** Where it is dragged to; nothing is decided yet. */
  readonly onMove: (to: number) => void;
  /** It is let go. `byKey`: further keys go on with the same gesture. */
  readonly onRelease: (byKey: boolean) => void;
  /** The gesture is over. */
  readonly onSettle: () => void;
  readonly onGiveUp: () => void;
  /** All values, nothing clipped. */
  readonly onWhole: () => void;
}

export function ClipHandle(props: Props) {
  const { label, axis, value, words, keyMove, onMove, onRelease, onSettle, onGiveUp, onWhole } = props;
  const pointer = useRef<number | null>(null);
  const at = Math.max(0, Math.min(axis.width, axis.x(value)));
  const place = (event: PointerEvent<HTMLElement>) => {
    const over = event.currentTarget.parentElement as HTMLElement;
    return axis.value(event.clientX - over.getBoundingClientRect().left);
  };
  const holds = (event: PointerEvent<HTMLElement>) => event.currentTarget.hasPointerCapture(event.pointerId);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (pointer.current !== null) event.currentTarget.releasePointerCapture(pointer.current);
      onGiveUp();
      return event.stopPropagation();
    }
    const by = keyMove(event.key, event.shiftKey);
    if (by === null && event.key !== "Home") return;
    event.preventDefault();
    if (by === null) onWhole();
    else onMove(value + by);
  };
  return (
    <div
      className="clip-handle"
      style={{ left: at }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={Number(axis.from.toPrecision(4))}
      aria-valuemax={Number(axis.to.toPrecision(4))}
      aria-valuenow={Number(value.toPrecision(4))}
      aria-valuetext={`${formatValue(value)}, ${words}`}
      title="Drag, or arrow keys; Home for all values"
      onKeyDown={onKeyDown}
      onKeyUp={(event) => {
        if (keyMove(event.key, event.shiftKey) !== null) onRelease(true);
      }}
      onBlur={() => {
        onRelease(true);
        onSettle();
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.focus({ preventScroll: true });
        event.currentTarget.setPointerCapture(event.pointerId);
        pointer.current = event.pointerId;
      }}
      onPointerMove={(event) => {
        if (holds(event)) onMove(place(event));
      }}
      onPointerUp={() => onRelease(false)}
      onLostPointerCapture={() => {
        pointer.current = null;
      }}
      onPointerCancel={onGiveUp}
    />
  );
}
