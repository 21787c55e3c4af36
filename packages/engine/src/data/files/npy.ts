// NumPy's .npy format, versions 1-3 (numpy.lib.format), to and from a Tensor. Numbers and booleans only:
// no strings, structured types or pickled objects.

import {
  bytesOf,
  type DType,
  sizeOf,
  stridesOf,
  type Tensor,
  type TensorData,
  viewBytes,
} from "@bitscape/tensor";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's type code by dtype; the codes of both directions. */
const codes: Partial<Record<DType, string>> = {
  float16: "f2",
  float32: "f4",
  float64: "f8",
  int8: "i1",
  uint8: "u1",
  int16: "i2",
  uint16: "u2",
  int32: "i4",
  uint32: "u4",
  int64: "i8",
  uint64: "u8",
  bool: "b1",
};

const byCode = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]));

interface Header {
  readonly dtype: DType;
  readonly itemSize: number;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly start: number;
}

/** Whether bytes begin as a .npy file does. */
export function looksLikeNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/**
 * The array of a .npy file, row-major whatever the file's order; float16 as bit patterns in a Uint16Array.
 * A view into `bytes` where its layout allows. Nothing is allocated before the declared size is checked.
 * @param name the subject of errors
 * @throws a sentence where the file is not .npy, holds no numbers, or is cut short
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const header = readHeader(bytes, name);
  const { dtype, itemSize, shape, start } = header;
  // As floats: a product beyond 2^53 is still far beyond any file.
  const expected = sizeOf(shape) * itemSize;
  if (bytes.length - start < expected) {
    throw new Error(
      `${name}: ${bytes.length - start} bytes of elements, expected ${expected} for ${dtype} [${shape.join(", ")}]`,
    );
  }
  let elements = bytes.subarray(start, start + expected);
  if (header.bigEndian && itemSize > 1) elements = swapped(elements, itemSize);
  const data = viewBytes(dtype, elements);
  return { dtype, shape, data: header.fortran && shape.length > 1 ? rowMajor(data, shape) : data };
}

/** The shape that the first bytes of a .npy file declare. Throws as {@link readNpy} does. */
export const shapeOfNpy = (bytes: Uint8Array, name: string) => readHeader(bytes, name).shape;

/** A tensor as a version 1.0 .npy file, little-endian and row-major. Throws for a dtype NumPy does not have. */
export function writeNpy(tensor: Tensor): Uint8Array<ArrayBuffer> {
  const code = codes[tensor.dtype];
  if (!code) throw new Error(`npy: dtype ${tensor.dtype}, expected one that NumPy has`);
  const order = code.endsWith("1") ? "|" : "<";
  const dims = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(", ");
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${dims}), }`;
  // Elements start on a multiple of 64, as NumPy aligns them; the header ends with a newline.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const elements = bytesOf(tensor.data);
  const out = new Uint8Array(10 + length + elements.length);
  out.set([...magic, 1, 0, length & 0xff, length >> 8]);
  out.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  out.set(elements, 10 + length);
  return out;
}

function readHeader(bytes: Uint8Array, name: string): Header {
  if (!looksLikeNpy(bytes)) throw new Error(`${name}: no NumPy signature, expected a .npy file`);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw new Error(`${name}: .npy version ${version}, expected 1, 2 or 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const prefix = version === 1 ? 10 : 12;
  const length =
    bytes.length < prefix ? 0 : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length === 0 || prefix + length > bytes.length) {
    throw new Error(`${name}: ${bytes.length} bytes, expected a whole .npy header (is the file cut short?)`);
  }
  const text = new TextDecoder().decode(bytes.subarray(prefix, prefix + length));
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const dims = /'shape'\s*:\s*\(([^)]*)\)/.exec(text);
  if (!descr || !order || !dims) {
    throw new Error(`${name}: header ${text.trim().slice(0, 80)}, expected descr, fortran_order and shape`);
  }
  const type = descr[1] ?? "a structured type";
  const dtype = /^[<>|=]?[a-z]\d+$/.test(type) ? byCode.get(type.replace(/^[<>|=]/, "")) : undefined;
  if (!dtype) throw new Error(`${name}: elements of ${type}, expected real numbers or booleans`);
  const shape = (dims[1] as string)
    .split(",")
    .map((dim) => dim.trim())
    .filter((dim) => dim !== "")
    .map((dim) => (/^\d+L?$/.test(dim) ? Number.parseInt(dim, 10) : Number.NaN));
  if (!shape.every(Number.isSafeInteger)) {
    throw new Error(`${name}: shape (${dims[1]}), expected whole numbers below 2^53`);
  }
  return {
    dtype,
    itemSize: Number(type.at(-1)),
    bigEndian: type.startsWith(">"),
    fortran: order[1] === "True",
    shape,
    start: prefix + length,
  };
}

function swapped(bytes: Uint8Array, itemSize: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += itemSize) {
    for (let j = 0; j < itemSize; j++) out[i + j] = bytes[i + itemSize - 1 - j] as number;
  }
  return out;
}

/** Column-major elements in row-major order. */
function rowMajor(data: TensorData, shape: readonly number[]): TensorData {
  const out = data.slice();
  const strides = stridesOf([...shape].reverse()).reverse();
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    (out as Float64Array)[to] = (data as Float64Array)[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
