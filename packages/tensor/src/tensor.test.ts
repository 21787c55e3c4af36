import { describe, expect, it } from "vitest";
import { bitsOf, byteLengthOf, type DType, dtypeOf, onnxNumber } from "./dtype.ts";
import { allocate, bytesOf, fromNumbers, tensor, toFloat32, viewBytes } from "./tensor.ts";

const inArrays = [
  ["float32", [1.5, -2, 0.25]],
  ["float64", [1.1, -2e200, 5e-324]],
  ["uint8", [0, 7, 255]],
  ["int8", [-128, 0, 127]],
  ["bool", [0, 1, 1]],
  ["uint16", [0, 258, 65535]],
  ["int16", [-32768, 1, 32767]],
  ["int32", [-(2 ** 31), 1, 2 ** 31 - 1]],
  ["uint32", [0, 1, 2 ** 32 - 1]],
  ["int64", [-(2n ** 63n), 1n, 2n ** 63n - 1n]],
  ["uint64", [0n, 1n, 2n ** 64n - 1n]],
] as const satisfies readonly (readonly [DType, readonly (number | bigint)[]])[];

// Node's Buffer, without Node's types in a package that runs in browsers.
interface BufferLike {
  readonly Buffer: { from(bytes: Uint8Array): Uint8Array };
}
const { Buffer } = globalThis as unknown as BufferLike;

describe("viewBytes", () => {
  describe.each(inArrays)("%s", (dtype, values) => {
    const made = fromNumbers(dtype, values);
    const bytes = bytesOf(made);

    it("gives back the elements at every alignment, from plain arrays and from Node's Buffers", () => {
      expect(bytes.byteLength).toBe(byteLengthOf(dtype, values.length));
      for (let offset = 0; offset < 16; offset++) {
        const file = new Uint8Array(bytes.byteLength + 32).fill(0xab);
        file.set(bytes, offset);
        const part = file.subarray(offset, offset + bytes.byteLength);
        expect(viewBytes(dtype, part)).toEqual(made);
        expect(viewBytes(dtype, Buffer.from(file).subarray(offset, offset + bytes.byteLength))).toEqual(made);
      }
    });

    it("shares memory where it can, and never writes to it", () => {
      const size = bitsOf(dtype) / 8;
      const file = new Uint8Array(64);
      expect(viewBytes(dtype, file.subarray(16, 16 + size)).buffer).toBe(file.buffer);
      const odd = viewBytes(dtype, file.subarray(1, 1 + size));
      expect(odd.buffer === file.buffer).toBe(size === 1);
      expect(odd).toHaveLength(1);
    });
  });

  it("is little-endian", () => {
    expect([...viewBytes("uint16", Uint8Array.of(0x34, 0x12))]).toEqual([0x1234]);
    expect([...viewBytes("int64", Uint8Array.of(0xfe, 255, 255, 255, 255, 255, 255, 255))]).toEqual([-2n]);
    expect([...viewBytes("float32", Uint8Array.of(0, 0, 0x80, 0xbf))]).toEqual([-1]);
  });

  it.each(["string", "int4", "uint2", "float8e4m3fnuz", "complex64"] as const)(
    "%s: no typed array holds it",
    (dtype) => {
      expect(() => allocate(dtype, 1)).toThrow(
        `tensor: dtype ${dtype}, expected one that a typed array can hold`,
      );
    },
  );
});

describe("numbers", () => {
  it.each(inArrays)("%s: as float32", (dtype, values) => {
    const expected = Float32Array.from(values, Number);
    expect(toFloat32(dtype, fromNumbers(dtype, values))).toEqual(expected);
  });

  it("halves are their bit patterns", () => {
    expect([...fromNumbers("float16", [1, -2, 1 / 3])]).toEqual([0x3c00, 0xc000, 0x3555]);
    expect([...fromNumbers("bfloat16", [1, -2, 1 / 3])]).toEqual([0x3f80, 0xc000, 0x3eab]);
    expect([...toFloat32("float16", Uint16Array.of(0x3c00, 0x3555))]).toEqual([1, 0.333251953125]);
    expect([...toFloat32("bfloat16", Uint16Array.of(0x3f80, 0x3eab))]).toEqual([1, 0.333984375]);
  });

  it("8-bit floats are their bytes", () => {
    expect([...fromNumbers("float8e4m3fn", [1, -2, 1000])]).toEqual([0x38, 0xc0, 0x7e]);
    expect([...fromNumbers("float8e5m2", [1, -2, 1e6])]).toEqual([0x3c, 0xc0, 0x7b]);
    expect([...toFloat32("float8e4m3fn", Uint8Array.of(0x38, 0x7e))]).toEqual([1, 448]);
    expect([...toFloat32("float8e5m2", Uint8Array.of(0x3c, 0x7b))]).toEqual([1, 57344]);
  });

  it("integers round toward zero, to 64 bits too", () => {
    expect([...fromNumbers("int8", [1.9, -1.9])]).toEqual([1, -1]);
    expect([...fromNumbers("int64", [1.9, -1.9, 5n])]).toEqual([1n, -1n, 5n]);
    expect([...fromNumbers("float32", [3n])]).toEqual([3]);
  });

  it("float32 is not copied", () => {
    const data = Float32Array.of(1, 2);
    expect(toFloat32("float32", data)).toBe(data);
  });
});

describe("tensor", () => {
  it("holds as many values as its shape", () => {
    expect(tensor("int8", [2, 2], [1, 2, 3, 4])).toEqual({
      dtype: "int8",
      shape: [2, 2],
      data: Int8Array.of(1, 2, 3, 4),
    });
    expect(tensor("float32", [], [5]).data).toHaveLength(1);
    expect(() => tensor("int8", [2, 2], [1, 2, 3])).toThrow("tensor [2, 2]: 3 values, expected 4");
  });

  it("bytesOf shares the array's own part of a buffer", () => {
    const all = Uint16Array.of(1, 2, 3);
    const bytes = bytesOf(all.subarray(1, 2));
    expect([...bytes]).toEqual([2, 0]);
    bytes[0] = 9;
    expect([...all]).toEqual([1, 9, 3]);
  });
});

describe("dtypes", () => {
  const all = Array.from({ length: 40 }, (_, i) => dtypeOf(i)).filter((each) => each !== undefined);

  it("have one number each", () => {
    expect(new Set(all).size).toBe(26);
    for (const dtype of all) expect(dtypeOf(onnxNumber(dtype))).toBe(dtype);
    expect([0, 27, -1, 1.5].map(dtypeOf)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("have the bits their names say", () => {
    for (const dtype of all) {
      const named = /^(?:u?int|b?float|complex)(\d+)/.exec(dtype)?.[1];
      const expected = dtype === "bool" ? 8 : named === undefined ? 0 : Number(named);
      expect([dtype, bitsOf(dtype)]).toEqual([dtype, expected]);
    }
  });

  it("pack sub-byte elements without padding between them", () => {
    expect([0, 1, 2, 3, 4, 5].map((count) => byteLengthOf("int2", count))).toEqual([0, 1, 1, 1, 1, 2]);
    expect([0, 1, 2, 3].map((count) => byteLengthOf("uint4", count))).toEqual([0, 1, 1, 2]);
    expect(byteLengthOf("complex128", 3)).toBe(48);
    expect(byteLengthOf("string", 3)).toBe(0);
  });
});
