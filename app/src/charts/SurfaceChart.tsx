// A loss surface that is turned by dragging or by arrow keys. Loaded when it is first asked for, with three.js.

import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useDark } from "../ui/theme.ts";
import type { Field } from "./field.ts";
import type { LossScale } from "./lossScale.ts";
import { type PlotAxis, surfaceAxes } from "./plotAxis.ts";
import { type SurfaceView, surfaceView } from "./surface.ts";
import { useWidth } from "./useWidth.ts";

interface Props {
  readonly label: string;
  readonly axes: readonly [rows: PlotAxis, columns: PlotAxis];
  /** Without gaps. */
  readonly field: Field;
  readonly scale: LossScale;
}

const start = { around: 0.6, up: 0.55 };
const step = 0.12;

export function SurfaceChart({ label, axes, field, scale }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<SurfaceView | null>(null);
  const width = Math.min(480, useWidth(holder));
  const height = Math.round(width * 0.75);
  const dark = useDark();
  const [failure, setFailure] = useState<string | null>(null);
  const [angle, setAngle] = useState(start);

  useEffect(() => {
    if (!holder.current) return;
    // A canvas whose context was given back cannot have another: each life has its own.
    const element = document.createElement("canvas");
    holder.current.prepend(element);
    canvas.current = element;
    try {
      view.current = surfaceView(element);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    return () => {
      view.current?.dispose();
      view.current = null;
      element.remove();
    };
  }, []);
  useLayoutEffect(() => {
    if (canvas.current) Object.assign(canvas.current.style, { width: `${width}px`, height: `${height}px` });
  });
  useEffect(() => {
    if (width > 0) view.current?.resize(width, height);
  }, [width, height]);
  useEffect(() => view.current?.turn(angle.around, angle.up), [angle]);
  useEffect(() => view.current?.show(field, scale, dark), [field, scale, dark]);

  const turn = (around: number, up: number) =>
    setAngle((before) => ({
      around: before.around + around,
      up: Math.min(1.45, Math.max(0.1, before.up + up)),
    }));
  const onPointerMove = (event: PointerEvent) => {
    if (event.buttons & 1) turn(-event.movementX / 140, event.movementY / 140);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = keys[event.key];
    if (!by) return;
    event.preventDefault();
    turn(...by);
  };
  return (
    <div className="surface-chart">
      <div
        ref={holder}
        role="application"
        aria-roledescription="surface"
        aria-label={`${label}; ${surfaceAxes(...axes)}; arrow keys turn it`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is turned by keys
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      <p className="quiet surface-axes">Before it is turned: {surfaceAxes(...axes)}.</p>
      {failure && <p className="failure">{failure}</p>}
    </div>
  );
}

const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-step, 0],
  ArrowRight: [step, 0],
  ArrowUp: [0, step],
  ArrowDown: [0, -step],
};
