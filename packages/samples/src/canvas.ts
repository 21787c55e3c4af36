// A 32×32 RGB picture under construction and how a filled region is laid over it, antialiased by supersampling.

export const side = 32;

export type Colour = readonly [number, number, number];

/** Channels in [0, 255], row-major, interleaved; reused from picture to picture. */
export type Canvas = Float64Array;

/** A region inside a bounding disc, filled with a gradient from `from` to `to` along `direction`. */
export interface Layer {
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  /** Whether a point, relative to (x, y) in pixels, is inside. */
  readonly inside: (dx: number, dy: number) => boolean;
  readonly from: Colour;
  readonly to: Colour;
  readonly direction: Vector;
}

export type Vector = readonly [number, number];

const grid = 3;
const offsets = Array.from({ length: grid }, (_, k) => (k + 0.5) / grid);

/** Lays a layer over the canvas. */
export function paint(canvas: Canvas, layer: Layer): void {
  const { x, y, reach, inside, from, to, direction } = layer;
  const left = Math.max(0, Math.floor(x - reach));
  const right = Math.min(side, Math.ceil(x + reach));
  const top = Math.max(0, Math.floor(y - reach));
  const bottom = Math.min(side, Math.ceil(y + reach));
  // A pixel further from the centre than this has no sample inside the bounding disc.
  const limit = reach + 0.71;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const px = column + 0.5 - x;
      const py = row + 0.5 - y;
      if (px * px + py * py > limit * limit) continue;
      let hits = 0;
      for (const oy of offsets) {
        for (const ox of offsets) if (inside(column + ox - x, row + oy - y)) hits++;
      }
      if (hits === 0) continue;
      const cover = hits / (grid * grid);
      const along = (px * direction[0] + py * direction[1]) / reach;
      const blend = Math.min(1, Math.max(0, 0.5 + 0.5 * along));
      const at = 3 * (row * side + column);
      for (let c = 0; c < 3; c++) {
        const colour = (from[c] as number) * (1 - blend) + (to[c] as number) * blend;
        canvas[at + c] = (canvas[at + c] as number) * (1 - cover) + colour * cover;
      }
    }
  }
}

/** Fills the canvas with two colours mixed by a lattice of weights, `cells` × `cells`, interpolated between. */
export function wash(canvas: Canvas, a: Colour, b: Colour, weights: readonly number[], cells: number): void {
  const step = (cells - 1) / side;
  for (let row = 0; row < side; row++) {
    const v = (row + 0.5) * step;
    const j = Math.floor(v);
    for (let column = 0; column < side; column++) {
      const u = (column + 0.5) * step;
      const i = Math.floor(u);
      const corner = j * cells + i;
      const top = (weights[corner] as number) * (1 - u + i) + (weights[corner + 1] as number) * (u - i);
      const below = corner + cells;
      const bottom = (weights[below] as number) * (1 - u + i) + (weights[below + 1] as number) * (u - i);
      const mix = top * (1 - v + j) + bottom * (v - j);
      const p = 3 * (row * side + column);
      for (let c = 0; c < 3; c++) canvas[p + c] = (a[c] as number) * (1 - mix) + (b[c] as number) * mix;
    }
  }
}
