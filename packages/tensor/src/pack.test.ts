import { describe, expect, it } from "vitest";
import { packBits, packTrits, unpackBits, unpackTrits } from "./pack.ts";
import { seededRandom } from "./random.ts";

const widths = [1, 2, 3, 4, 5, 6, 7, 8] as const;

describe.each(widths)("%i bits", (bits) => {
  it.each([false, true])("unpack undoes pack, at every length and code (signed: %s)", (signed) => {
    const random = seededRandom(bits);
    const lowest = signed ? -(2 ** (bits - 1)) : 0;
    for (let length = 0; length <= 40; length++) {
      const codes = Int16Array.from({ length }, () => lowest + Math.floor(random() * 2 ** bits));
      const packed = packBits(codes, bits);
      expect(packed.byteLength).toBe(Math.ceil((length * bits) / 8));
      expect(unpackBits(packed, bits, length, signed)).toEqual(codes);
    }
    const every = Int16Array.from({ length: 2 ** bits }, (_, i) => lowest + i);
    expect(unpackBits(packBits(every, bits), bits, every.length, signed)).toEqual(every);
  });

  it("pack undoes unpack where the bytes are full", () => {
    // 840 bytes hold a whole number of codes of every width.
    const bytes = Uint8Array.from({ length: 840 }, (_, i) => i * 151);
    for (const signed of [false, true]) {
      expect(packBits(unpackBits(bytes, bits, (840 * 8) / bits, signed), bits)).toEqual(bytes);
    }
  });

  it("bit j of code i is bit i · width + j of the bytes", () => {
    const random = seededRandom(50 + bits);
    const codes = Uint8Array.from({ length: 83 }, () => Math.floor(random() * 2 ** bits));
    const packed = packBits(codes, bits);
    const bitAt = (at: number) => ((packed[at >> 3] as number) >> (at & 7)) & 1;
    const found = codes.map((_, i) =>
      Array.from({ length: bits }, (_each, j) => bitAt(i * bits + j) << j).reduce((sum, bit) => sum + bit, 0),
    );
    expect(found).toEqual(codes);
  });

  it("a ragged tail is padded with zero bits", () => {
    const packed = packBits([-1], bits);
    expect([...packed]).toEqual([2 ** bits - 1]);
  });
});

it("element 0 lies in the lowest bits (the examples of ONNX's comment on raw_data)", () => {
  expect([...packBits([0x1, 0x2, 0x3], 4)]).toEqual([0x21, 0x03]);
  expect([...packBits([-8, 7, -1], 4)]).toEqual([0x78, 0x0f]);
  expect([...packBits([0, 1, 2, 3, 1], 2)]).toEqual([0b11100100, 0b01]);
  expect([...packBits([-2, -1, 0, 1], 2)]).toEqual([0b01001110]);
  expect([...packBits([1, 0, 0, 0, 0, 0, 0, 1, 1], 1)]).toEqual([0x81, 0x01]);
});

it("unpacks from the middle of a buffer", () => {
  const bytes = Uint8Array.of(0xff, 0x21, 0xff).subarray(1, 2);
  expect([...unpackBits(bytes, 4, 2, false)]).toEqual([1, 2]);
});

describe("trits", () => {
  it("five to a byte, element 0 in the lowest place", () => {
    expect([...packTrits([0, 1, 2, 0, 1])]).toEqual([0 + 3 + 18 + 0 + 81]);
    expect([...packTrits([2, 2, 2, 2, 2])]).toEqual([242]);
    expect([...packTrits([2, 2, 2, 2, 2, 1])]).toEqual([242, 1]);
    expect(packTrits([])).toHaveLength(0);
  });

  it("unpack undoes pack at every length", () => {
    const random = seededRandom(1);
    for (let length = 0; length <= 60; length++) {
      const codes = Uint8Array.from({ length }, () => Math.floor(random() * 3));
      const packed = packTrits(codes);
      expect(packed).toHaveLength(Math.ceil(length / 5));
      expect(unpackTrits(packed, length)).toEqual(codes);
    }
  });
});
