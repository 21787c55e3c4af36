// What is in one picture of the shapes data set: colours, the figure's pose, distractors, occlusion, noise.
// No sine or logarithm anywhere, so that every JavaScript engine draws the same bytes.

import { type Canvas, type Colour, type Layer, paint, side, type Vector, wash } from "./canvas.ts";
import type { Outline } from "./outline.ts";

type Random = () => number;

const between = (random: Random, low: number, high: number) => low + (high - low) * random();

/** A uniform direction, by rejection: a square root is exactly rounded everywhere, a cosine is not. */
function direction(random: Random): Vector {
  for (;;) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const square = x * x + y * y;
    if (square > 0.01 && square <= 1) {
      const length = Math.sqrt(square);
      return [x / length, y / length];
    }
  }
}

const colour = (random: Random): Colour => [255 * random(), 255 * random(), 255 * random()];

const near = (random: Random, [r, g, b]: Colour, spread: number): Colour => {
  const move = (channel: number) => Math.min(255, Math.max(0, channel + spread * (2 * random() - 1)));
  return [move(r), move(g), move(b)];
};

const distance = (a: Colour, b: Colour) =>
  Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]);

/** A colour that can be told from the others. */
function distinct(random: Random, others: readonly Colour[], least: number): Colour {
  for (;;) {
    const drawn = colour(random);
    if (others.every((other) => distance(drawn, other) >= least)) return drawn;
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** The labelled figure: rotated freely, stretched and sheared a little, so that squares are also rhombs. */
function figure(random: Random, outline: Outline, { x, y, radius }: Place, others: readonly Colour[]): Layer {
  const [cos, sin] = direction(random);
  const stretch = between(random, 0.84, 1.19);
  const shear = between(random, -0.16, 0.16);
  const form = random();
  const from = distinct(random, others, 130);
  const inside = (dx: number, dy: number) => {
    const v = (cos * dy - sin * dx) / (radius * stretch);
    const u = ((cos * dx + sin * dy) * stretch) / radius - shear * v;
    return outline(u, v, form);
  };
  const reach = radius * 1.55;
  return { x, y, reach, inside, from, to: near(random, from, 55), direction: direction(random) };
}

/** A straight bar across (x, y). */
function bar(random: Random, x: number, y: number, half: number, reach: number): Layer {
  const [nx, ny] = direction(random);
  const inside = (dx: number, dy: number) =>
    Math.abs(nx * dx + ny * dy) <= half && dx * dx + dy * dy <= reach * reach;
  const from = colour(random);
  return { x, y, reach, inside, from, to: near(random, from, 40), direction: [ny, -nx] };
}

function blob(random: Random, x: number, y: number, radius: number): Layer {
  const inside = (dx: number, dy: number) => dx * dx + dy * dy <= radius * radius;
  const from = colour(random);
  return { x, y, reach: radius, inside, from, to: near(random, from, 40), direction: direction(random) };
}

function distractor(random: Random): Layer {
  const x = side * random();
  const y = side * random();
  return random() < 0.5
    ? bar(random, x, y, between(random, 0.4, 0.9), between(random, 4, 12))
    : blob(random, x, y, between(random, 0.8, 2.2));
}

/** Something in front of the figure, over a part of it that is not its centre. */
function occluder(random: Random, { x, y, radius }: Place): Layer {
  const [dx, dy] = direction(random);
  const away = radius * between(random, 0.35, 0.9);
  return random() < 0.5
    ? bar(random, x + away * dx, y + away * dy, between(random, 0.7, 1.6), 2 * side)
    : blob(random, x + away * dx, y + away * dy, radius * between(random, 0.25, 0.45));
}

/** Draws one picture of an outline onto the canvas, everything else about it taken from `random`. */
export function drawScene(canvas: Canvas, outline: Outline, random: Random): void {
  const a = colour(random);
  const b = near(random, a, between(random, 10, 110));
  const cells = 3 + Math.floor(3 * random());
  const weights = Array.from({ length: cells * cells }, random);
  wash(canvas, a, b, weights, cells);

  const radius = between(random, 6.2, 13);
  const margin = radius * 0.92;
  const place = {
    x: between(random, margin, side - margin),
    y: between(random, margin, side - margin),
    radius,
  };
  for (let left = Math.floor(4 * random()); left > 0; left--) paint(canvas, distractor(random));
  paint(canvas, figure(random, outline, place, [a, b]));
  if (random() < 0.45) paint(canvas, occluder(random, place));
  speckle(canvas, random);
}

/** Triangular noise on every channel of every pixel. */
function speckle(canvas: Canvas, random: Random): void {
  const amplitude = between(random, 4, 46);
  for (let k = 0; k < canvas.length; k++) {
    canvas[k] = (canvas[k] as number) + amplitude * (random() + random() - 1);
  }
}
