// Running command lines within a test, and the files they need. For tests only.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  /** Lines on stderr. */
  readonly err: readonly string[];
}

/** Runs one command line; `onProgress` may abort it. */
export async function bitscape(
  args: readonly string[],
  onProgress: (what: string, done: number, abort: () => void) => void = () => {},
): Promise<Ran> {
  const controller = new AbortController();
  const err: string[] = [];
  let out = "";
  const code = await runCommand(args, {
    stdout: async (text) => {
      out += text;
    },
    say: (line) => err.push(...line.split("\n")),
    progress: (what, done) => onProgress(what, done, () => controller.abort()),
    signal: controller.signal,
  });
  return { code, out, err };
}

/** A folder that lasts as long as its tests. */
export class Folder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "bitscape-")));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: Uint8Array | string): Promise<string> {
    await writeFile(this.at(name), content);
    return this.at(name);
  }

  async names(): Promise<string[]> {
    return (await readdir(this.path)).sort();
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}
