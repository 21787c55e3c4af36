import { floatToHalf, type Tensor, tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { readNpy, writeNpy } from "./npy.ts";

/** A .npy file written out by hand, as NumPy would. */
function npy(header: string, elements: Uint8Array | number[], version = 1): Uint8Array {
  const prefix = version === 1 ? 10 : 12;
  const text = new TextEncoder().encode(`${header}\n`);
  const out = new Uint8Array(prefix + text.length + elements.length);
  out.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0, text.length & 255, text.length >> 8]);
  out.set(text, prefix);
  out.set(elements, prefix + text.length);
  return out;
}

const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;

test("what is written is read back, in every dtype", () => {
  const tensors: Tensor[] = [
    tensor("float16", [2, 2], [1, -2, 0.5, 65504]),
    tensor("float32", [3], [1.5, Number.NaN, Number.NEGATIVE_INFINITY]),
    tensor("float64", [1, 2], [Math.PI, -0]),
    tensor("int8", [2], [-128, 127]),
    tensor("uint8", [2], [0, 255]),
    tensor("int16", [2], [-32768, 32767]),
    tensor("uint16", [2], [0, 65535]),
    tensor("int32", [2], [-(2 ** 31), 7]),
    tensor("uint32", [2], [0, 2 ** 32 - 1]),
    tensor("int64", [2], [-(2n ** 63n), 2n ** 63n - 1n]),
    tensor("uint64", [2], [0n, 2n ** 64n - 1n]),
    tensor("bool", [3], [1, 0, 1]),
    tensor("float32", [], [4]),
    tensor("float32", [0, 3], []),
  ];
  for (const written of tensors) expect(readNpy(writeNpy(written), "x.npy")).toEqual(written);
});

test("elements start on a multiple of 64 bytes", () => {
  const bytes = writeNpy(tensor("uint8", [1], [9]));
  expect(bytes.length).toBe(129);
  expect(bytes[127]).toBe(10);
});

test("big-endian elements are swapped", () => {
  expect(readNpy(npy(header(">i2", "2,"), [1, 2, 255, 254]), "x").data).toEqual(Int16Array.of(258, -2));
  const half = floatToHalf(1.5);
  const read = readNpy(npy(header(">f2", "1,"), [half >> 8, half & 255]), "x");
  expect(read).toEqual(tensor("float16", [1], [1.5]));
});

test("column-major arrays become row-major", () => {
  const elements = Uint8Array.from({ length: 24 }, (_, i) => i);
  const read = readNpy(npy(header("|u1", "2, 3, 4", "True"), elements), "x");
  // numpy: np.arange(24, dtype="u1").reshape(2, 3, 4, order="F").ravel()
  expect([...(read.data as Uint8Array)]).toEqual([
    0, 6, 12, 18, 2, 8, 14, 20, 4, 10, 16, 22, 1, 7, 13, 19, 3, 9, 15, 21, 5, 11, 17, 23,
  ]);
});

test("versions 2 and 3 have a longer header length", () => {
  for (const version of [2, 3]) {
    expect(readNpy(npy(header("<u2", "1,"), [1, 1], version), "x").data).toEqual(Uint16Array.of(257));
  }
});

test("a huge declared shape is a sentence, not an allocation", () => {
  expect(() => readNpy(npy(header("<f4", "1000000000000, 1000"), [0, 0, 0, 0]), "x.npy")).toThrow(
    "x.npy: 4 bytes of elements, expected 4000000000000000 for float32 [1000000000000, 1000]",
  );
  expect(() => readNpy(npy(header("<f4", "99999999999999999999,"), []), "x.npy")).toThrow("below 2^53");
});

test("what is no array of numbers is named", () => {
  const refused: [Uint8Array, string][] = [
    [new Uint8Array(3), "no NumPy signature"],
    [npy(header("|O", "1,"), []), "elements of |O, expected real numbers"],
    [npy(header("<U5", "1,"), []), "elements of <U5"],
    [npy(header("<c8", "1,"), []), "elements of <c8"],
    [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", []), "a structured type"],
    [npy("{'shape': (1,)}", []), "expected descr, fortran_order and shape"],
    [npy(header("<f4", "-1,"), []), "expected whole numbers"],
    [npy(header("<f4", "1,"), [], 9), ".npy version 9"],
    [npy(header("<f4", "2,"), [0, 0, 0, 0]), "4 bytes of elements, expected 8"],
    [npy(header("<f4", "2,"), []).subarray(0, 20), "cut short"],
  ];
  for (const [bytes, sentence] of refused) expect(() => readNpy(bytes, "x.npy")).toThrow(sentence);
});
