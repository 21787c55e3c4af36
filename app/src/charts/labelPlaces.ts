// Where the names of points go so that they cover neither each other nor other points: each name tries a few sides of its
// point, near ones first; one that fits nowhere is left out, and its point keeps its mark.

export interface Labelled {
  /** Pixels. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface LabelPlace {
  /** Left end and baseline of the text, pixels. */
  readonly x: number;
  readonly y: number;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Box extends Bounds {}

const charWidth = 6.1;
const height = 14;
const mark = 6;
// Directions and distances from the point.
const sides = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;
const distances = [9, 22, 38] as const;

/** In the order given: the first points have the first choice. Null where a name fits nowhere. */
export function labelPlaces(points: readonly Labelled[], bounds: Bounds): (LabelPlace | null)[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - mark,
    right: x + mark,
    top: y - mark,
    bottom: y + mark,
  }));
  return points.map((point, i) => {
    const width = point.text.length * charWidth + 4;
    for (const distance of distances) {
      for (const [dx, dy] of sides) {
        const left = dx > 0 ? point.x + distance : dx < 0 ? point.x - distance - width : point.x - width / 2;
        const top = point.y + dy * distance - height / 2;
        const box = { left, right: left + width, top, bottom: top + height };
        if (!within(box, bounds) || taken.some((other, j) => j !== i && overlap(box, other))) continue;
        taken.push(box);
        return { x: left + 2, y: top + height - 3 };
      }
    }
    return null;
  });
}

const within = (box: Box, bounds: Bounds) =>
  box.left >= bounds.left &&
  box.right <= bounds.right &&
  box.top >= bounds.top &&
  box.bottom <= bounds.bottom;

const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
