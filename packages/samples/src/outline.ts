// The twelve figures of the shapes data set as tests of a point in the figure's own frame, where each spans about [-1, 1].
// Only comparisons, products and sums: the same answer in every JavaScript engine.

/** Whether the point (x, y) is inside a figure whose proportions vary with `form`, a number in [0, 1). */
export type Outline = (x: number, y: number, form: number) => boolean;

const root3 = Math.sqrt(3);

// Outward normals of the regular pentagon's sides, (sin, cos) of 36°, 108°, 180°, 252°, 324° with the star's tip upwards.
const pentagonNormals = [
  [0.5877852522924731, 0.8090169943749475],
  [0.9510565162951535, -0.3090169943749474],
  [0, -1],
  [-0.9510565162951535, -0.3090169943749474],
  [-0.5877852522924731, 0.8090169943749475],
] as const;

/** A five-pointed star is the points that at most one of its five lines cuts off. */
function inStar(x: number, y: number, inner: number): boolean {
  let outside = 0;
  for (const [nx, ny] of pentagonNormals) if (nx * x + ny * y > inner) outside++;
  return outside <= 1;
}

function inHeart(x: number, y: number): boolean {
  const u = x * 1.2;
  const v = y * 1.2 + 0.1;
  const a = u * u + v * v - 1;
  return a * a * a <= u * u * v * v * v;
}

const inPanel = (x: number, y: number) => Math.abs(x) <= 0.85 && Math.abs(y) <= 0.85;

/** Class names and outlines, in label order. */
export const outlines = {
  circle: (x, y) => x * x + y * y <= 0.8,
  ring: (x, y, form) => {
    const square = x * x + y * y;
    const inner = 0.42 + 0.2 * form;
    return square <= 0.85 && square >= inner * inner;
  },
  square: (x, y) => Math.abs(x) <= 0.75 && Math.abs(y) <= 0.75,
  triangle: (x, y) => y >= -0.55 && root3 * Math.abs(x) + y <= 1.1,
  star: (x, y) => inStar(x, y, 0.34),
  cross: (x, y, form) => {
    const arm = 0.22 + 0.14 * form;
    const [u, v] = [Math.abs(x), Math.abs(y)];
    return (u <= arm && v <= 0.95) || (v <= arm && u <= 0.95);
  },
  crescent: (x, y, form) => {
    const u = x - 0.35 - 0.15 * form;
    return x * x + y * y <= 0.95 && u * u + y * y > 0.6;
  },
  hexagon: (x, y) => Math.abs(y) <= 0.8 && root3 * Math.abs(x) + Math.abs(y) <= 1.6,
  arrow: (x, y, form) => {
    const v = Math.abs(y);
    return (v <= 0.16 + 0.1 * form && x >= -0.95 && x <= 0.1) || (x >= 0 && v <= 0.75 * (0.95 - x));
  },
  heart: inHeart,
  stripes: (x, y) => inPanel(x, y) && Math.floor((x + 0.85) / 0.34) % 2 === 0,
  checker: (x, y) =>
    inPanel(x, y) && (Math.floor((x + 0.85) / 0.5667) + Math.floor((y + 0.85) / 0.5667)) % 2 === 0,
} as const satisfies Record<string, Outline>;
