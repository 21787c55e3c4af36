// A constant of a graph: an initializer, or the tensor of a Constant node. Its bytes stay where they are
// (in the file, in an external file, or not yet computed) until `bytes` is called.

import { byteLengthOf, bytesOf, type DType, sizeOf, type Tensor, viewBytes } from "@bitscape/tensor";
import type { TensorProto } from "onnx-buf";
import { rangesOf } from "./bytes.ts";

export interface Constant {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Length of the raw_data, known without reading it. */
  readonly byteLength: number;
  /** Little-endian elements as ONNX raw_data stores them. Not cached: may read or compute anew at each call. */
  readonly bytes: () => Uint8Array;
  /** The same bytes from one offset up to another, without the others; only where they lie in a file. */
  readonly range?: (from: number, to: number) => Uint8Array;
  /**
   * Does what `bytes` would otherwise do at once, in steps with a turn for others between them; only where it is long.
   * What is prepared lasts until another constant is.
   */
  readonly prepare?: (between: () => Promise<void>) => Promise<void>;
  /** The message it was read from, without its data; keeps doc strings, metadata and string elements. */
  readonly source?: TensorProto;
}

// A multiple of every element's size, small beside the weights it is meant for.
const PART_BYTES = 2 ** 24;

/** A constant over bytes that exist already. Throws where their length does not fit dtype and shape. */
export function constant(name: string, dtype: DType, shape: readonly number[], bytes: Uint8Array): Constant {
  const expected = byteLengthOf(dtype, sizeOf(shape));
  if (bytes.byteLength !== expected) {
    throw new Error(
      `constant ${name}: ${bytes.byteLength} bytes, expected ${expected} for ${dtype}[${shape.join(", ")}]`,
    );
  }
  return { name, dtype, shape, byteLength: expected, bytes: () => bytes };
}

/** A constant whose bytes are computed when asked for; its length is fixed by dtype and shape. */
export function lazyConstant(
  name: string,
  dtype: DType,
  shape: readonly number[],
  bytes: () => Uint8Array,
): Constant {
  return { name, dtype, shape, byteLength: byteLengthOf(dtype, sizeOf(shape)), bytes };
}

/** A tensor in memory as a constant that shares its buffer. */
export function constantOf(name: string, value: Tensor): Constant {
  return constant(name, value.dtype, value.shape, bytesOf(value.data));
}

/** A constant's elements as a tensor (a view of its bytes where alignment allows). */
export function tensorOf(value: Constant): Tensor {
  return { dtype: value.dtype, shape: value.shape, data: viewBytes(value.dtype, value.bytes()) };
}

/** A constant's bytes in order, in parts of whole elements: one part where they are in memory or are computed. */
export function partsOf({ range, byteLength, bytes }: Constant): Iterable<Uint8Array> {
  return range && byteLength > PART_BYTES ? rangesOf(range, byteLength, PART_BYTES) : [bytes()];
}
