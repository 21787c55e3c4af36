// Shapes and strides of dense row-major tensors.

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** An axis in [0, rank), from one that may count from the end. Throws where it is out of range. */
export function normalizeAxis(axis: number, rank: number, subject = "axis"): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    throw new Error(`${subject}: ${axis}, expected within [${-rank}, ${rank})`);
  }
  return normal;
}
