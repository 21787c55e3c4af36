// Where the bytes of data and models come from: a name and a promise, the same for a dropped File and a path in Node; or,
// for files that may be larger than memory, ranges. Not a parser: what the bytes mean is decided in open.ts.

import { type ByteSource, memorySource } from "@bitscape/graph";

export interface FileSource {
  /** Path relative to what was dropped or named, with "/" between folders. */
  readonly name: string;
  /** Bytes, as the file system or the browser reports them. */
  readonly size: number;
  /** The whole content. Rejects with a sentence where it cannot be read. */
  bytes(): Promise<Uint8Array>;
}

export type DataFiles = readonly FileSource[];

/**
 * A source over a Blob or File. A Blob can be sent to a worker; its bytes are read there, when they are wanted.
 * @param name defaults to the path inside a dropped folder, else the file's name
 */
export function blobSource(blob: Blob, name?: string): FileSource {
  const file = blob as Partial<File>;
  const known = name ?? (file.webkitRelativePath || file.name || "data");
  return {
    name: known,
    size: blob.size,
    bytes: async () => {
      try {
        return new Uint8Array(await blob.arrayBuffer());
      } catch (error) {
        throw new Error(
          `${known}: could not be read (${reasonOf(error)}), expected a file that is still there and fits in memory`,
        );
      }
    },
  };
}

// A file up to this size is read whole: one read is faster than many.
const WHOLE_BYTES = 2 ** 24;

/**
 * A Blob or File as ranges, read when they are wanted. Where files cannot be read at once (outside a worker), and where
 * it is small, it is read whole.
 * @throws a sentence where it cannot be read, now or later
 */
export async function blobRanges(blob: Blob, name: string): Promise<ByteSource> {
  if (blob.size <= WHOLE_BYTES || typeof FileReaderSync === "undefined") {
    return memorySource(await blobSource(blob, name).bytes());
  }
  const reader = new FileReaderSync();
  return {
    byteLength: blob.size,
    read: (from, to) => {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(blob.slice(from, to)));
      } catch (error) {
        throw new Error(
          `${name}: could not be read (${reasonOf(error)}), expected a file that is still there`,
        );
      }
    },
  };
}

/** A source over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array): FileSource {
  return { name, size: bytes.byteLength, bytes: async () => bytes };
}

/** The last segment of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The extension in lower case, without its dot; "" where there is none. */
export function extensionOf(path: string): string {
  const base = baseName(path);
  const dot = base.lastIndexOf(".");
  return dot <= 0 ? "" : base.slice(dot + 1).toLowerCase();
}

const clutter = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/** What an operating system leaves in folders and archives: __MACOSX, .DS_Store, Thumbs.db, desktop.ini. Never data. */
export function isClutter(path: string): boolean {
  return path.split("/").some((part) => clutter.test(part));
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
