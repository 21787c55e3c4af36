// SHA-256 of what was read, so that a report can name its data. Uses WebCrypto, which Node 20 and workers share, for
// what is held whole anyway.

import { type ByteSource, rangesOf } from "@bitscape/graph";
import { Sha256 } from "./sha256.ts";

/**
 * SHA-256 as lower-case hex.
 * @throws where the page is not a secure context, which is where browsers hide WebCrypto
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw new Error("page: WebCrypto is missing, expected https or localhost");
  const digest = await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// WebCrypto is ten times faster, but wants all bytes at once and copies them.
const WHOLE_BYTES = 2 ** 27;
const PART_BYTES = 2 ** 24;

/**
 * SHA-256 of a source, read in parts where it is large.
 * @param between awaited between two parts; throws to cancel
 * @param wholeBytes up to which it is read whole
 */
export async function sha256Of(
  source: ByteSource,
  between: () => Promise<void> = async () => {},
  wholeBytes = WHOLE_BYTES,
): Promise<string> {
  if (source.byteLength <= wholeBytes) return sha256Hex(source.read(0, source.byteLength));
  const hash = new Sha256();
  for (const part of rangesOf((from, to) => source.read(from, to), source.byteLength, PART_BYTES)) {
    hash.update(part);
    await between();
  }
  return hash.hex();
}

/**
 * One digest for a set of files: that of the only file, or that of the listing `sha256sum` would print for
 * several, sorted by name.
 * @param parts digest by file name
 */
export async function combineDigests(parts: ReadonlyMap<string, string>): Promise<string> {
  const [only] = parts.values();
  if (parts.size === 1 && only !== undefined) return only;
  const lines = [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, hex]) => `${hex}  ${name}\n`);
  return sha256Hex(new TextEncoder().encode(lines.join("")));
}
