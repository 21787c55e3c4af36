// ZIP archives: the listing, and entries inflated one at a time when asked (APPNOTE 6.3.10 §4.3-4.5).
// Not a writer (npz.ts has one), and not a streaming reader: the archive's bytes are in memory, its entries are not.

import { inflateSync } from "fflate";
import { isClutter, reasonOf } from "./source.ts";

export interface ZipEntry {
  readonly name: string;
  /** Bytes once inflated, as the archive declares them. */
  readonly size: number;
  readonly compressedSize: number;
  /** 0 stored, 8 deflated; anything else is refused when read. */
  readonly method: number;
  readonly crc: number;
  readonly encrypted: boolean;
  /** Of the local header, from the start of the file. */
  readonly offset: number;
}

export interface Zip {
  readonly name: string;
  /** Files only, without folders and operating systems' clutter, in the archive's order. */
  readonly entries: readonly ZipEntry[];
  /** An entry's bytes: a view for a stored one. Throws a sentence for one that is damaged, encrypted or exotic. */
  read(entry: ZipEntry): Uint8Array;
  /** An entry's bytes as they lie in the archive, still deflated where its method is 8. Throws as `read` does. */
  packed(entry: ZipEntry): Uint8Array;
}

/** Deflate cannot expand further than this, so a larger claim is a lie (zlib's technical notes). */
const largestRatio = 1032;
const largestEntry = 2 ** 31 - 1;

/** Whether bytes begin as a ZIP archive does (an empty one included). */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * The listing of an archive.
 * @throws a sentence where the bytes are not a whole ZIP archive
 */
export function openZip(bytes: Uint8Array, name: string): Zip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directory(view, bytes, name).filter(
    (entry) => !entry.name.endsWith("/") && !isClutter(entry.name),
  );
  return {
    name,
    entries,
    read: (entry) => readEntry(view, bytes, name, entry),
    packed: (entry) => packedEntry(view, bytes, name, entry),
  };
}

function directory(view: DataView, bytes: Uint8Array, name: string): ZipEntry[] {
  const { count, offset } = endRecord(view, name);
  const entries: ZipEntry[] = [];
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50) {
      throw new Error(
        `${name}: damaged listing at entry ${i}, expected ${count} entries (is the file whole?)`,
      );
    }
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) {
      throw new Error(
        `${name}: listing cut short at entry ${i}, expected ${count} entries (is the file whole?)`,
      );
    }
    const [size, compressedSize, local] = wideFields(view, at, at + 46 + nameLength, extraLength);
    entries.push({
      name: decodeName(bytes.subarray(at + 46, at + 46 + nameLength)),
      size,
      compressedSize,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      encrypted: (flags & 1) !== 0,
      offset: local,
    });
    at = next;
  }
  return entries;
}

/** The end-of-central-directory record: where the listing starts and how long it is, ZIP64's where there is one. */
function endRecord(view: DataView, name: string): { count: number; offset: number } {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const locator = at - 20;
    if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
      const wide = Number(view.getBigUint64(locator + 8, true));
      if (wide + 56 <= view.byteLength && view.getUint32(wide, true) === 0x06064b50) {
        return {
          count: Number(view.getBigUint64(wide + 32, true)),
          offset: Number(view.getBigUint64(wide + 48, true)),
        };
      }
    }
    return { count: view.getUint16(at + 10, true), offset: view.getUint32(at + 16, true) };
  }
  throw new Error(`${name}: no end-of-archive record, expected a whole ZIP file (is it cut short?)`);
}

/** Inflated size, compressed size and offset, from the ZIP64 extra field where 32 bits were not enough. */
function wideFields(
  view: DataView,
  at: number,
  extra: number,
  extraLength: number,
): [number, number, number] {
  const fields: [number, number, number] = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  for (let p = extra; p + 4 <= extra + extraLength; ) {
    const end = p + 4 + view.getUint16(p + 2, true);
    if (view.getUint16(p, true) === 1) {
      let from = p + 4;
      for (const i of [0, 1, 2] as const) {
        if (fields[i] !== 0xffffffff || from + 8 > end || from + 8 > view.byteLength) continue;
        fields[i] = Number(view.getBigUint64(from, true));
        from += 8;
      }
    }
    p = end;
  }
  return fields;
}

function packedEntry(view: DataView, bytes: Uint8Array, zip: string, entry: ZipEntry): Uint8Array {
  const subject = `${zip}, ${entry.name}`;
  if (entry.encrypted) throw new Error(`${subject}: encrypted, expected an archive without a password`);
  if (entry.method !== 0 && entry.method !== 8) {
    throw new Error(`${subject}: compression method ${entry.method}, expected stored (0) or deflated (8)`);
  }
  const { offset, compressedSize, size } = entry;
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== 0x04034b50) {
    throw new Error(`${subject}: no header at byte ${offset}, expected one where the listing says`);
  }
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + compressedSize > view.byteLength) {
    throw new Error(
      `${subject}: ${view.byteLength - start} bytes left in the archive, expected ${compressedSize}`,
    );
  }
  const limit = entry.method === 0 ? compressedSize : compressedSize * largestRatio;
  if (size > Math.min(limit, largestEntry)) {
    throw new Error(`${subject}: ${size} bytes declared, expected at most ${Math.min(limit, largestEntry)}`);
  }
  return bytes.subarray(start, start + compressedSize);
}

function readEntry(view: DataView, bytes: Uint8Array, zip: string, entry: ZipEntry): Uint8Array {
  const subject = `${zip}, ${entry.name}`;
  const packed = packedEntry(view, bytes, zip, entry);
  const { size } = entry;
  const content = entry.method === 0 ? packed.subarray(0, size) : inflate(packed, size, subject);
  if (crc32(content) !== entry.crc) {
    throw new Error(`${subject}: checksum does not match its content, expected an undamaged archive`);
  }
  return content;
}

function inflate(packed: Uint8Array, size: number, subject: string): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (error) {
    throw new Error(`${subject}: could not be inflated (${reasonOf(error)}), expected an undamaged archive`);
  }
}

/** Names are UTF-8 in practice, whatever the flag says; Latin-1 is what is left. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll("\\", "/");
  } catch {
    return new TextDecoder("latin1").decode(bytes).replaceAll("\\", "/");
  }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crcTable[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
