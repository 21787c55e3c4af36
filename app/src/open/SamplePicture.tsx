// A few pictures of a sample's data, drawn when somebody looks.

import { samples } from "@bitscape/samples";
import { useEffect, useRef } from "react";

const SIDE = 32;

interface Props {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

export function SamplePicture({ name, rows, columns }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let here = true;
    void draw(canvas.current, name, [rows, columns], () => here);
    return () => {
      here = false;
    };
  }, [name, rows, columns]);
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} className="sample-picture" width={columns * SIDE} height={rows * SIDE} />
    </span>
  );
}

async function draw(
  canvas: HTMLCanvasElement | null,
  name: string,
  [rows, columns]: readonly [number, number],
  here: () => boolean,
): Promise<void> {
  const { evaluationSplit, shapesDataset } = await import("@bitscape/samples");
  const context = here() ? canvas?.getContext("2d") : undefined;
  if (!context) return;
  const count = rows * columns;
  // Each sample has pictures of its own.
  const first = count * samples.findIndex((sample) => sample.name === name);
  const { images } = shapesDataset({ seed: evaluationSplit.seed, first, count });
  for (let k = 0; k < count; k++) {
    const pixels = context.createImageData(SIDE, SIDE);
    for (let p = 0; p < SIDE * SIDE; p++) {
      for (let c = 0; c < 3; c++) pixels.data[4 * p + c] = images[3 * (k * SIDE * SIDE + p) + c] as number;
      pixels.data[4 * p + 3] = 255;
    }
    context.putImageData(pixels, (k % columns) * SIDE, Math.floor(k / columns) * SIDE);
  }
}
