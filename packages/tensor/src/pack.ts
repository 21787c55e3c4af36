// Packing of codes narrower than a byte: low bits first without padding between them, as ONNX stores its sub-byte types
// (TensorProto.raw_data for uint4/int4 and uint2/int2) and as the widths that it has no type for are laid out here; and
// three-valued codes five to a byte, in base 3.

/** Bits of one code. */
export type Width = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * Codes packed `bits` apiece into bytes, element 0 in the lowest bits; a code may lie across two bytes. Signed codes are
 * two's complement.
 */
export function packBits(codes: ArrayLike<number>, bits: Width): Uint8Array<ArrayBuffer> {
  const mask = (1 << bits) - 1;
  const bytes = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  // Bits that wait for their byte to be full.
  let waiting = 0;
  let count = 0;
  let at = 0;
  for (let i = 0; i < codes.length; i++) {
    waiting |= ((codes[i] as number) & mask) << count;
    count += bits;
    if (count >= 8) {
      bytes[at++] = waiting;
      waiting >>>= 8;
      count -= 8;
    }
  }
  if (count > 0) bytes[at] = waiting;
  return bytes;
}

/** The inverse of {@link packBits}: `count` codes, sign-extended where `signed`. */
export function unpackBits(
  bytes: Uint8Array,
  bits: Width,
  count: number,
  signed: boolean,
): Int16Array<ArrayBuffer> {
  const mask = (1 << bits) - 1;
  const half = signed ? 1 << (bits - 1) : mask + 1;
  const codes = new Int16Array(count);
  let waiting = 0;
  let left = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (left < bits) {
      waiting |= (bytes[at++] as number) << left;
      left += 8;
    }
    const code = waiting & mask;
    waiting >>>= bits;
    left -= bits;
    codes[i] = code >= half ? code - mask - 1 : code;
  }
  return codes;
}

const TRITS = 5;

/** Codes 0, 1 and 2 in base 3, five to a byte, element 0 in the lowest place: 1.6 bits apiece. */
export function packTrits(codes: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(codes.length / TRITS));
  for (let at = 0, i = 0; at < bytes.length; at++) {
    const end = Math.min(i + TRITS, codes.length);
    let byte = 0;
    for (let place = 1; i < end; i++, place *= 3) byte += (codes[i] as number) * place;
    bytes[at] = byte;
  }
  return bytes;
}

/** The inverse of {@link packTrits}. */
export function unpackTrits(bytes: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(count);
  for (let at = 0, i = 0; i < count; at++) {
    const end = Math.min(i + TRITS, count);
    for (let rest = bytes[at] as number; i < end; i++, rest = Math.floor(rest / 3)) codes[i] = rest % 3;
  }
  return codes;
}
