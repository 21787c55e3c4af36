// ByteSource: the bytes of a file that may be larger than memory, read in ranges when they are wanted. How they are
// had is the caller's (a file descriptor, a FileReaderSync, an array); nothing here knows what they mean.

/** Bytes that may be too many to hold at once. */
export interface ByteSource {
  readonly byteLength: number;
  /**
   * Bytes from `from` up to `to`, at once: a view or a fresh array, not to be written to.
   * @throws a sentence where the file is gone or has changed
   */
  read(from: number, to: number): Uint8Array;
}

/** A source over bytes that are in memory already; what it gives are views. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { byteLength: bytes.byteLength, read: (from, to) => bytes.subarray(from, to) };
}

/** The range of a source in parts of at most `size` bytes, in order. */
export function* rangesOf(
  read: (from: number, to: number) => Uint8Array,
  byteLength: number,
  size: number,
): Generator<Uint8Array> {
  for (let from = 0; from < byteLength; from += size) yield read(from, Math.min(from + size, byteLength));
}
