// A model's file on disk and the external data beside it, read in ranges when they are wanted: weights may be larger than
// memory. Not a parser, and not a session.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { ModelOnDisk } from "@bitscape/engine";
import { type ByteSource, decodeModel } from "@bitscape/graph";
import { Usage } from "../usage.ts";

export interface DiskModel extends ModelOnDisk {
  readonly source: ByteSource;
  /** A file of external data by the location that the model names; undefined where it is not in the model's folder. */
  readonly external: (location: string) => ByteSource | undefined;
}

/**
 * The model at a path; of its bytes, nothing is read yet.
 * @throws Usage where there is no file at the path
 */
export function modelAt(path: string): DiskModel {
  const source = fileRanges(path);
  const external = externalOf(path);
  return {
    path,
    source,
    external,
    read: () => {
      const asked = new Map<string, ByteSource | undefined>();
      const noted = (location: string) => {
        if (!asked.has(location)) asked.set(location, external(location));
        return asked.get(location);
      };
      decodeModel(source, { name: path, external: noted });
      const whole = (each: ByteSource) => each.read(0, each.byteLength);
      const files = [...asked].flatMap(([at, each]) => (each ? [{ path: at, data: whole(each) }] : []));
      return { file: whole(source), externalData: files };
    },
  };
}

const reasons: Readonly<Record<string, string>> = { ENOENT: "not found", EISDIR: "a folder" };

/** A file as ranges. Throws {@link Usage} where it cannot be read, or is not what it was any more. */
export function fileRanges(path: string): ByteSource {
  const refuse = (reason: string): never => {
    throw new Usage(`${path}: ${reason}, expected a file that can be read`);
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof Usage) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      return refuse(reasons[code ?? ""] ?? code ?? message);
    }
  };
  const then = attempt(() => statSync(path));
  if (then.isDirectory()) refuse("a folder");
  const readInto = (bytes: Uint8Array, from: number) => {
    // Opened for each range: a model may have more files than a process may hold open.
    const file = openSync(path, "r");
    try {
      const { size, mtimeMs } = fstatSync(file);
      if (size !== then.size || mtimeMs !== then.mtimeMs) refuse("has changed since it was opened");
      for (let done = 0; done < bytes.byteLength; ) {
        const count = readSync(file, bytes, done, bytes.byteLength - done, from + done);
        if (count === 0) refuse("ends early");
        done += count;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  };
  attempt(() => readInto(new Uint8Array(Math.min(1, then.size)), 0));
  return {
    byteLength: then.size,
    read: (from, to) => attempt(() => readInto(new Uint8Array(to - from), from)),
  };
}

/** External data lie beside the model or below (onnx ExternalData.md): nothing outside its folder is read. */
function externalOf(path: string): DiskModel["external"] {
  const folder = resolve(dirname(path));
  const known = new Map<string, ByteSource | undefined>();
  return (location) => {
    if (known.has(location)) return known.get(location);
    // Models written on Windows separate folders by backslashes.
    const target = resolve(folder, location.replaceAll("\\", "/"));
    let found: ByteSource | undefined;
    try {
      found = target.startsWith(folder + sep) ? fileRanges(target) : undefined;
    } catch {
      // The model's reader says which file is missing.
    }
    known.set(location, found);
    return found;
  };
}
