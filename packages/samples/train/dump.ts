// Writes the shapes splits as raw files, images as uint8 [count, 32, 32, 3] and labels as int32, for train.py to read.
// Usage: npx tsx packages/samples/train/dump.ts DIRECTORY

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  calibrationSplit,
  evaluationSplit,
  shapeClasses,
  shapesDataset,
  trainingSplit,
} from "../src/shapes.ts";

const directory = process.argv[2];
if (!directory) throw new Error("dump: no directory, expected one argument");
mkdirSync(directory, { recursive: true });

const splits = { training: trainingSplit, calibration: calibrationSplit, evaluation: evaluationSplit };
for (const [name, split] of Object.entries(splits)) {
  const started = performance.now();
  const { images, labels } = shapesDataset(split);
  const seconds = (performance.now() - started) / 1000;
  writeFileSync(join(directory, `${name}.images`), images);
  writeFileSync(join(directory, `${name}.labels`), new Uint8Array(labels.buffer));
  console.log(`${name}: ${split.count} pictures, ${Math.round(split.count / seconds)} a second`);
}
writeFileSync(join(directory, "classes.json"), JSON.stringify(shapeClasses));
