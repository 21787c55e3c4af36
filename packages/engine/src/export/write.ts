// Writing an exported model through sinks, tensor by tensor: one file, or one with external data beside it where protobuf
// could not hold it. Not the encoding (graph), nor where the bytes go (sink.ts).

import {
  encodedSize,
  encodedSizes,
  encodeFiles,
  type FileRole,
  LARGEST_MESSAGE,
  type Model,
} from "@bitscape/graph";
import { Sha256 } from "../data/index.ts";
import type { Between } from "../progress.ts";
import type { WrittenFile } from "./calls.ts";
import type { Sink } from "./sink.ts";

/** What the files of a model are called: the second holds external data, where it needs one. */
export function fileNames(model: Model, name: string): readonly [string, string?] {
  return encodedSize(model) > LARGEST_MESSAGE ? [name, `${name}.data`] : [name];
}

/**
 * Writes a model's files, the message first in the list. An error or a cancel leaves none.
 * @param open gives the sink of a file
 */
export async function writeModelFiles(
  model: Model,
  [name, dataName]: readonly [string, string?],
  open: (role: FileRole, name: string) => Promise<Sink>,
  between: Between,
): Promise<readonly WrittenFile[]> {
  const roles: readonly FileRole[] = dataName === undefined ? ["model"] : ["model", "data"];
  const names = { model: name, data: dataName ?? "" };
  const sizes = encodedSizes(model, dataName);
  const total = sizes.model + sizes.data;
  const files = new Map<FileRole, { sink: Sink; hash: Sha256; bytes: number }>();
  try {
    for (const role of roles) {
      files.set(role, { sink: await open(role, names[role]), hash: new Sha256(), bytes: 0 });
    }
    let done = 0;
    const turn = () => between(done, total);
    const location = dataName !== undefined && { location: dataName };
    for await (const { to, bytes } of encodeFiles(model, { ...location, between: turn })) {
      const file = files.get(to);
      if (!file) throw new Error(`file: bytes for its ${to}, expected one of ${roles.join(", ")}`);
      file.hash.update(bytes);
      await file.sink.write(bytes);
      file.bytes += bytes.byteLength;
      done += bytes.byteLength;
      await turn();
    }
    for (const [role, { bytes }] of files) {
      if (bytes !== sizes[role]) throw new Error(`${names[role]}: ${bytes} bytes, expected ${sizes[role]}`);
    }
    const written: WrittenFile[] = [];
    for (const [role, { sink, hash, bytes }] of files) {
      written.push({ name: names[role], bytes, sha256: hash.hex(), file: await sink.close() });
    }
    return written;
  } catch (error) {
    for (const { sink } of files.values()) await sink.abort().catch(() => {});
    throw error;
  }
}
