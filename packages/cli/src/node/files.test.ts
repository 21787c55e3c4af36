import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPath } from "./files.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bitscape-files-"));
  await mkdir(join(folder, "b/deep"), { recursive: true });
  await mkdir(join(folder, ".git"));
  for (const name of ["z.txt", "b/2.png", "b/deep/1.png", ".git/config", "b/.DS_Store"]) {
    await writeFile(join(folder, name), name);
  }
});

afterAll(() => rm(folder, { recursive: true }));

test("a folder is walked to its leaves, sorted, without dot files", async () => {
  const files = await openPath(folder);
  expect(files.map(({ name, size }) => [name, size])).toEqual([
    ["b/2.png", 7],
    ["b/deep/1.png", 12],
    ["z.txt", 5],
  ]);
  expect(new TextDecoder().decode(await files[1]?.bytes())).toBe("b/deep/1.png");
  expect((await openPath(`${folder}/b/`)).map(({ name }) => name)).toEqual(["2.png", "deep/1.png"]);
});

test("one file by its name", async () => {
  const [file, ...more] = await openPath(join(folder, "z.txt"));
  expect([file?.name, file?.size, more.length]).toEqual(["z.txt", 5, 0]);
});

test("nothing there, or gone since", async () => {
  await expect(openPath("no/such/file", "--data")).rejects.toThrow(
    "--data: no/such/file (nothing there), expected a file or a folder",
  );
  await writeFile(join(folder, "gone"), "x");
  const [file] = await openPath(join(folder, "gone"));
  await rm(join(folder, "gone"));
  await expect(file?.bytes()).rejects.toThrow("expected a readable file");
});
