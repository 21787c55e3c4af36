// Size against loss, both logarithmic: the front of predictions, uniform recipes, what was measured, the recipe at hand and
// what a moving slider has drafted. Its points are looked at by pointer or keys, and taken. Plain SVG: the draft's mark moves at
// every frame, which a charting library cannot follow.

import { type ComponentType, type PointerEvent, type RefObject, useMemo, useRef, useState } from "react";
import { FrontStill } from "./FrontStill.tsx";
import { type FrontMark, type FrontScale, height, margin, plotHeight, scaleOf } from "./frontScale.ts";
import { chartWords, type NamedMark, nearestStop, nextStop, type Stop, stopsOf } from "./frontStops.ts";
import { useWidth } from "./useWidth.ts";
import "./charts.css";
import "./front.css";

/** The recipe at hand: predicted with its interval, and measured where that is done. */
export interface OwnMark extends FrontMark {
  readonly low: number;
  readonly high: number;
}

interface Props {
  readonly front: readonly FrontMark[];
  readonly uniform: readonly NamedMark[];
  /** Joint recipes that were measured. */
  readonly measured: readonly FrontMark[];
  readonly own: OwnMark | null;
  /** What moves with a slider; it asks for its own marks, so that nothing else is drawn with them. */
  readonly moving: ComponentType<{ readonly scale: FrontScale }>;
  readonly unit: string;
  /** More about the stop that is looked at, once it is known. */
  readonly about: string | null;
  readonly onLook: (stop: Stop | null) => void;
  readonly onPick: (stop: Stop) => void;
  /** The drawing, for who saves it. */
  readonly drawing: RefObject<SVGSVGElement | null>;
}

export function FrontChart({ own, moving: Moving, about, onLook, onPick, drawing, ...still }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const [near, setNear] = useState<Stop | null>(null);
  const { front, uniform, measured, unit } = still;
  const scale = useMemo(
    () => scaleOf([...front, ...uniform, ...measured], width),
    [front, uniform, measured, width],
  );
  const stops = useMemo(() => stopsOf({ front, uniform, measured, unit }), [front, uniform, measured, unit]);
  const place = ({ bytes, value }: FrontMark) => ({ x: scale.x(bytes), y: scale.y(value) });
  const look = (stop: Stop | null) => {
    if (stop?.words === near?.words && stop?.kind === near?.kind) return;
    setNear(stop);
    onLook(stop);
  };
  const under = (event: PointerEvent<SVGSVGElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return nearestStop(stops, { x: event.clientX - left, y: event.clientY - top }, place);
  };
  const at = near
    ? stops.findIndex(({ kind, index }) => kind === near.kind && index === near.index)
    : startOf(stops, own);
  const shown = stops[Math.max(0, at)];
  const spot = near && place(near);
  return (
    <div ref={holder} className="chart front-chart">
      {width > 0 && (
        <svg
          ref={drawing}
          width={width}
          height={height}
          role="img"
          aria-label={chartWords(still)}
          onPointerMove={(event) => look(under(event))}
          onPointerLeave={() => look(null)}
          onPointerUp={(event) => {
            const stop = under(event);
            if (stop) onPick(stop);
          }}
        >
          <FrontStill {...still} scale={scale} width={width} />
          {own && <OwnShape own={own} scale={scale} />}
          {spot && <circle className="front-near" cx={spot.x} cy={spot.y} r={5} data-handle="" />}
          <Moving scale={scale} />
        </svg>
      )}
      {shown && (
        <div
          className="front-walk"
          role="slider"
          tabIndex={0}
          aria-label="Point of the front; Enter takes it"
          aria-valuemin={0}
          aria-valuemax={stops.length - 1}
          aria-valuenow={Math.max(0, at)}
          aria-valuetext={about && near ? `${shown.words}; ${about}` : shown.words}
          onFocus={(event) => {
            if (event.currentTarget.matches(":focus-visible")) look(shown);
          }}
          onBlur={() => look(null)}
          onKeyDown={(event) => {
            const taking = event.key === "Enter" || event.key === " ";
            const to = nextStop(event.key, Math.max(0, at), stops.length);
            if (!taking && to < 0) return;
            event.preventDefault();
            if (taking) onPick(shown);
            else look(stops[to] ?? null);
          }}
        />
      )}
      {near && spot && (
        <div
          className="tip front-tip"
          aria-hidden="true"
          style={{
            left: Math.max(120, Math.min(width - 120, spot.x)),
            top: spot.y > 60 ? spot.y - 14 : spot.y + 54,
          }}
        >
          <span>{near.words}</span>
          <span className="front-about">{about ?? "…"}</span>
        </div>
      )}
    </div>
  );
}

/** Where the keys begin: nearest to the recipe at hand. */
function startOf(stops: readonly Stop[], own: FrontMark | null): number {
  if (!own) return 0;
  return stops.reduce(
    (best, { kind, bytes }, i) =>
      kind === "front" && Math.abs(bytes - own.bytes) < Math.abs((stops[best]?.bytes ?? 0) - own.bytes)
        ? i
        : best,
    0,
  );
}

/** A ring with its interval. */
function OwnShape({ own, scale }: { readonly own: OwnMark; readonly scale: FrontScale }) {
  const x = scale.x(own.bytes);
  return (
    <g>
      <path className="front-interval" d={`M${x} ${scale.y(own.low)}V${scale.y(own.high)}`} />
      <circle className="front-own" cx={x} cy={scale.y(own.value)} r={5.5} />
    </g>
  );
}

/** A size that may not be exceeded. */
export const LimitMark = ({ bytes, scale }: { readonly bytes: number; readonly scale: FrontScale }) => (
  <path className="front-limit" d={`M${scale.x(bytes)} ${margin.top}v${plotHeight}`} />
);

/** What a slider has drafted. */
export const DraftMark = ({ bytes, value, scale }: FrontMark & { readonly scale: FrontScale }) => (
  <path className="front-draft" d={diamond(scale.x(bytes), scale.y(value), 6)} />
);

const diamond = (x: number, y: number, r: number) => `M${x - r} ${y}l${r} ${-r} ${r} ${r} ${-r} ${r}z`;
