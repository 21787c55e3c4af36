// Packing of sub-byte codes as ONNX stores them: low bits first, no row padding
// (TensorProto.raw_data for uint4/int4 and uint2/int2). Signed codes are two's complement.

/**
 * Codes packed `bits` apiece into bytes, element 0 in the lowest bits.
 * @param bits 1, 2, 4 or 8: widths that divide a byte
 */
export function packBits(codes: ArrayLike<number>, bits: 1 | 2 | 4 | 8): Uint8Array<ArrayBuffer> {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const bytes = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) {
    const at = Math.floor(i / perByte);
    bytes[at] = (bytes[at] as number) | (((codes[i] as number) & mask) << ((i % perByte) * bits));
  }
  return bytes;
}

/** The inverse of {@link packBits}: `count` codes, sign-extended where `signed`. */
export function unpackBits(
  bytes: Uint8Array,
  bits: 1 | 2 | 4 | 8,
  count: number,
  signed: boolean,
): Int16Array<ArrayBuffer> {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const half = 1 << (bits - 1);
  const codes = new Int16Array(count);
  for (let i = 0; i < count; i++) {
    const code = ((bytes[Math.floor(i / perByte)] as number) >> ((i % perByte) * bits)) & mask;
    codes[i] = signed && code >= half ? code - 2 * half : code;
  }
  return codes;
}
