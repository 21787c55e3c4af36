import { tensor } from "@bitscape/tensor";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { writeNpy } from "./npy.ts";
import { readNpz, writeNpz } from "./npz.ts";
import { openZip } from "./zip.ts";

const x = tensor("float32", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
const labels = tensor("int64", [4], [0, 1, 2, 3]);
const text = (content: string) => new TextEncoder().encode(content);

test("deflated and stored arrays are read by name", () => {
  const stored = zipSync({ "x.npy": writeNpy(x), "labels.npy": writeNpy(labels) }, { level: 0 });
  for (const bytes of [writeNpz({ x, labels }), stored]) {
    const arrays = readNpz(bytes, "d.npz");
    expect(arrays.names).toEqual(["x", "labels"]);
    expect(arrays.read("x")).toEqual(x);
    expect(arrays.read("labels")).toEqual(labels);
  }
});

test("the same arrays are the same bytes", () => {
  expect(writeNpz({ x, labels })).toEqual(writeNpz({ x, labels }));
});

test("a file cut anywhere is a sentence", () => {
  const whole = writeNpz({ x, labels });
  for (let length = 0; length < whole.length; length++) {
    const cut = whole.slice(0, length);
    expect(() => readNpz(cut, "d.npz").read("x")).toThrow(/^d\.npz: .*expected/);
  }
});

test("a damaged byte never passes for data", () => {
  const whole = writeNpz({ x });
  const noise = tensor(
    "float32",
    [64],
    Array.from({ length: 64 }, (_, i) => Math.sin(i * i)),
  );
  const wide = writeNpz({ x: noise });
  for (let at = 40; at < 300; at += 3) {
    const damaged = wide.slice();
    damaged[at] = (damaged[at] as number) ^ 0x55;
    expect(() => readNpz(damaged, "d.npz").read("x")).toThrow(/^d\.npz.*: .*expected/);
  }
  expect(readNpz(whole, "d.npz").read("x")).toEqual(x);
});

test("a declared size beyond what deflate can give is refused before it is allocated", () => {
  const bytes = writeNpz({ x });
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length - 4; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0x7fffffff, true);
  }
  expect(() => readNpz(bytes, "d.npz").read("x")).toThrow(/2147483647 bytes declared, expected at most/);
});

test("a claim of less than the content holds is refused", () => {
  const bytes = writeNpz({ x });
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length - 4; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
  }
  expect(() => readNpz(bytes, "d.npz").read("x")).toThrow("checksum");
});

test("clutter and folders are no entries", () => {
  const zip = zipSync({
    "a/": text(""),
    "a/b.txt": text("b"),
    "__MACOSX/a/._b.txt": text("x"),
    "a/.DS_Store": text("x"),
    "Thumbs.db": text("x"),
  });
  expect(openZip(zip, "z").entries.map((entry) => entry.name)).toEqual(["a/b.txt"]);
});

test("encryption and other methods are named", () => {
  const bytes = zipSync({ "a.txt": text("hello") });
  const view = new DataView(bytes.buffer);
  const central = bytes.length - 22 - 46 - 5;
  expect(view.getUint32(central, true)).toBe(0x02014b50);
  view.setUint16(central + 10, 12, true);
  const bz = openZip(bytes, "z.zip");
  expect(() => bz.read(bz.entries[0] as never)).toThrow("z.zip, a.txt: compression method 12");
  view.setUint16(central + 8, 1, true);
  const locked = openZip(bytes, "z.zip");
  expect(() => locked.read(locked.entries[0] as never)).toThrow("encrypted");
});

test("a zip without arrays, and no zip at all", () => {
  expect(() => readNpz(zipSync({ "a.txt": text("b") }), "d.npz")).toThrow("d.npz: no arrays");
  expect(() => readNpz(text("hello"), "d.npz")).toThrow("no end-of-archive record");
});
