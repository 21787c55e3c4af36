// NumPy's file formats, written plainly: .npy 1.0 and a zip of them, for data that are wrong on purpose too.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { strToU8, zipSync } from "fflate";

/** @param descr NumPy's name of the type, as "<f4"; @param values their bytes are written as they are */
export function npy(descr: string, shape: readonly number[], values: ArrayBufferView): Uint8Array {
  const head = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const padded = head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11);
  const header = strToU8(`\x93NUMPY\x01\x00..${padded}\n`, true);
  new DataView(header.buffer, header.byteOffset).setUint16(8, header.length - 10, true);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const all = new Uint8Array(header.length + bytes.length);
  all.set(header);
  all.set(bytes, header.length);
  return all;
}

export const npz = (arrays: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])));
