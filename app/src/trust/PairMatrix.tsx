// The interactions of every two layers as a matrix of colours: orange where errors add up, violet where they cancel.

import { type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import { inks, shareColour } from "../charts/colour.ts";
import { useWidth } from "../charts/useWidth.ts";
import type { Pairs } from "../state/store.ts";
import { useDark } from "../ui/theme.ts";
import { pairAt, pairWords } from "./pairs.ts";

const most = 400;

export function PairMatrix({ pairs, unit }: { readonly pairs: Pairs; readonly unit: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const dark = useDark();
  const [at, setAt] = useState<readonly [row: number, column: number] | null>(null);
  const count = pairs.layers.length;
  const cell = Math.max(1, Math.floor(Math.min(most, width) / Math.max(1, count)));
  const side = cell * count;

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || side === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(side * ratio);
    element.height = Math.round(side * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const gap = cell >= 8 ? 1 : 0;
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const { share } = pairAt(pairs, row, column);
        context.fillStyle = row === column ? inks(dark).line : shareColour(share, dark);
        context.fillRect(column * cell, row * cell, cell - gap, cell - gap);
      }
    }
  }, [pairs, count, cell, side, dark]);

  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = (offset: number) => Math.max(0, Math.min(count - 1, Math.floor(offset / cell)));
    setAt([place(event.clientY - box.top), place(event.clientX - box.left)]);
  };
  return (
    <figure className="pair-matrix" ref={holder} aria-label="Interactions of layers">
      <canvas
        ref={canvas}
        style={{ width: side, height: side }}
        role="img"
        aria-label={`Interactions of ${count} layers with one another; the list beside it has the largest`}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(null)}
      />
      <figcaption className="scatter-caption">
        {at ? (
          pairWords(pairAt(pairs, at[0], at[1]), unit)
        ) : (
          <>
            Rows and columns are the layers, in their order.{" "}
            <i style={{ background: shareColour(0.8, dark) }} /> errors add up,{" "}
            <i style={{ background: shareColour(-0.8, dark) }} /> errors cancel.
          </>
        )}
      </figcaption>
    </figure>
  );
}
