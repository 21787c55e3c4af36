// Files for the journeys: zips of labelled images, from our own generator and from what lies beside the repository.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluationSplit, imageSide, shapeClasses, shapesDataset } from "@bitscape/samples";
import type { TestInfo } from "@playwright/test";
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import sharp from "sharp";
import type { Picture } from "./network.ts";

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "..");
export const sampleFile = (name: string) => join(root, "public", "samples", `${name}.onnx`);

/** A real network or data set beside the repository; undefined where there is none. */
export function shared(kind: "models" | "data", name: string): string | undefined {
  const path = join(root, "..", "shared", kind, name);
  return existsSync(path) ? path : undefined;
}

/** Writes a file into the test's own folder. */
export async function save(info: TestInfo, name: string, bytes: Uint8Array): Promise<string> {
  const path = info.outputPath(name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

/** Images are compressed already. */
export const zip = (files: Zippable) => zipSync(files, { level: 0 });

/** Pictures of the sample data set as PNG files. */
export async function shapePictures(count: number): Promise<Picture[]> {
  const { images, labels } = shapesDataset({ seed: evaluationSplit.seed, count });
  const size = imageSide * imageSide * 3;
  const raw = { width: imageSide, height: imageSide, channels: 3 } as const;
  return Promise.all(
    Array.from(labels, async (label, i) => {
      const pixels = images.subarray(i * size, (i + 1) * size);
      return { label, bytes: await sharp(pixels, { raw }).png().toBuffer() };
    }),
  );
}

/** A folder for each class, and labels.txt with the classes' order. */
export function folderPerClass(pictures: readonly Picture[]): Uint8Array {
  const files: Zippable = { "shapes/labels.txt": strToU8(`${shapeClasses.join("\n")}\n`) };
  for (const [i, { label, bytes }] of pictures.entries()) {
    files[`shapes/${shapeClasses[label]}/${String(i).padStart(4, "0")}.png`] = bytes;
  }
  return zip(files);
}

/** Flat, with a labels.csv. */
export function withLabelsCsv(pictures: readonly Picture[], extra: Zippable = {}): Uint8Array {
  const names = pictures.map((_, i) => `${String(i).padStart(4, "0")}.png`);
  const rows = pictures.map(({ label }, i) => `${names[i]},${label}`);
  const files: Zippable = { "labels.csv": strToU8(`file,label\n${rows.join("\n")}\n`) };
  for (const [i, { bytes }] of pictures.entries()) files[names[i] as string] = bytes;
  return zip({ ...files, ...extra });
}

/** The first pictures of a zip with a labels.csv. */
export async function firstOf(path: string, count: number): Promise<Picture[]> {
  const files = unzipSync(await readFile(path));
  const list = Object.keys(files).find((name) => name.endsWith("labels.csv"));
  if (!list) throw new Error(`${path}: no labels.csv`);
  const folder = list.slice(0, -"labels.csv".length);
  const rows = strFromU8(files[list] as Uint8Array)
    .trim()
    .split(/\r?\n/)
    .slice(1, count + 1);
  return rows.map((row) => {
    const [name, label] = row.split(",") as [string, string];
    return { bytes: files[folder + name] as Uint8Array, label: Number(label) };
  });
}
