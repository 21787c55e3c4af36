import { fromNumbers } from "@bitscape/tensor";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { writeNpy } from "./files/npy.ts";
import { writeNpz } from "./files/npz.ts";
import { bytesSource } from "./files/source.ts";
import type { DecodedImage } from "./images/decode.ts";
import { sizesIn } from "./sizes.ts";

const image = { name: "x", dtype: "float32", shape: ["N", 3, 224, 224] } as const;
const axes = [
  { name: "H", input: "x", axis: 2 },
  { name: "W", input: "x", axis: 3 },
];
const zeros = (...shape: number[]) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return {
    dtype: "float32",
    shape,
    data: fromNumbers("float32", new Float64Array(length)),
  } as const;
};
const text = (name: string, content: string) => bytesSource(name, new TextEncoder().encode(content));
/** Pictures are their own sizes here: two bytes. */
const decode = async ([height, width]: Uint8Array): Promise<DecodedImage> => ({
  width: width as number,
  height: height as number,
  rgb: new Uint8Array(),
});

test("arrays: by the input's name, by being the only one, samples with a batch axis of their own", async () => {
  const of = (arrays: Parameters<typeof writeNpz>[0]) =>
    sizesIn([bytesSource("d.npz", writeNpz(arrays))], [image], axes, decode);
  const x = zeros(5, 3, 48, 80);
  expect(await of({ x, other: zeros(5, 3, 9, 9) })).toEqual({ H: 48, W: 80 });
  expect(await of({ images: x, y: zeros(5) })).toEqual({ H: 48, W: 80 });
  expect(await of({ x: zeros(5, 1, 3, 48, 80) })).toEqual({ H: 48, W: 80 });
  expect(await of({ x: zeros(5, 48) })).toEqual({});
  expect(await of({ a: x, b: x })).toEqual({});
  expect(await sizesIn([bytesSource("x.npy", writeNpy(x))], [image], axes, decode)).toEqual({ H: 48, W: 80 });
});

test("tables: the length of the first sample", async () => {
  const ids = { name: "ids", dtype: "int64", shape: ["N", 128] } as const;
  const mask = { ...ids, name: "mask" };
  const seq = [{ name: "seq", input: "ids", axis: 1 }];
  const lines = '{"ids":[1,2,3],"mask":[1,1,1]}\n{"ids":[4,5,6],"mask":[1,1,1]}\n';
  expect(await sizesIn([text("d.jsonl", lines)], [ids, mask], seq, decode)).toEqual({ seq: 3 });
  expect(await sizesIn([text("d.csv", "ids_0;ids_1;label\n4;5;1\n")], [ids], seq, decode)).toEqual({
    seq: 2,
  });
});

test("images: the size that the first few have in common, in the network's layout", async () => {
  const picture = (name: string, height: number, width: number) =>
    bytesSource(name, Uint8Array.of(height, width));
  const alike = [picture("a.png", 32, 40), picture("b.png", 32, 40)];
  expect(await sizesIn(alike, [image], axes, decode)).toEqual({ H: 32, W: 40 });
  expect(await sizesIn([...alike, picture("c.png", 40, 40)], [image], axes, decode)).toEqual({});
  const last = { ...image, shape: ["N", 224, 224, 3] } as const;
  const other = [
    { name: "H", input: "x", axis: 1 },
    { name: "W", input: "x", axis: 2 },
  ];
  expect(await sizesIn(alike, [last], other, decode)).toEqual({ H: 32, W: 40 });
  const zip = zipSync({ "__MACOSX/._a.png": Uint8Array.of(9, 9), "set/a.png": Uint8Array.of(16, 24) });
  expect(await sizesIn([bytesSource("d.zip", zip)], [image], axes, decode)).toEqual({ H: 16, W: 24 });
});
