// NumPy's .npz: a ZIP of .npy files, read one array at a time; and a writer whose bytes depend on nothing but its arrays.

import type { Tensor } from "@bitscape/tensor";
import { zipSync } from "fflate";
import { readNpy, writeNpy } from "./npy.ts";
import { openZip, type Zip } from "./zip.ts";

/** Named arrays, read when asked: an .npz, a few .npy files, or a table. */
export interface Arrays {
  /** What errors call it. */
  readonly name: string;
  readonly names: readonly string[];
  /** What there is instead, where there are none of samples: for the sentence that says so. */
  readonly lacking?: string;
  /** The array of one of `names`. Throws a sentence where it is damaged. */
  read(name: string): Tensor;
}

/** The arrays of an .npz file. Throws a sentence where it is not a ZIP archive, or holds no array. */
export function readNpz(bytes: Uint8Array, name: string): Arrays {
  return arraysOfZip(openZip(bytes, name));
}

/** The .npy entries of an open archive, named without their extension. */
export function arraysOfZip(zip: Zip): Arrays {
  const entries = new Map(
    zip.entries
      .filter((entry) => entry.name.toLowerCase().endsWith(".npy"))
      .map((entry) => [entry.name.slice(0, -4), entry]),
  );
  if (entries.size === 0) throw new Error(`${zip.name}: no arrays, expected .npy files inside`);
  return {
    name: zip.name,
    names: [...entries.keys()],
    read: (name) => {
      const entry = entries.get(name);
      if (!entry) throw new Error(`${zip.name}: no array "${name}", found ${[...entries.keys()].join(", ")}`);
      return readNpy(zip.read(entry), `${zip.name}, ${entry.name}`);
    },
  };
}

/** Named tensors as an .npz file, deflated. The same tensors give the same bytes. */
export function writeNpz(arrays: Readonly<Record<string, Tensor>>): Uint8Array<ArrayBuffer> {
  const files = Object.entries(arrays).map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)] as const);
  // The earliest date a ZIP can hold: the clock is not part of the data.
  return zipSync(Object.fromEntries(files), {
    mtime: new Date(1980, 0, 1),
    level: 6,
  }) as Uint8Array<ArrayBuffer>;
}
