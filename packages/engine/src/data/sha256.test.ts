// SHA-256 in parts against WebCrypto's, whatever the parts.

import { memorySource } from "@bitscape/graph";
import { seededRandom } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { sha256Hex, sha256Of } from "./digest.ts";
import { Sha256 } from "./sha256.ts";

const random = seededRandom(1);
const bytes = Uint8Array.from({ length: 5000 }, () => Math.floor(random() * 256));

test("every length around a block's, whole", async () => {
  for (let length = 0; length < 200; length++) {
    const part = bytes.subarray(0, length);
    expect([length, new Sha256().update(part).hex()]).toEqual([length, await sha256Hex(part)]);
  }
});

test.each([1, 7, 63, 64, 65, 1000])("in parts of %i bytes", async (size) => {
  const hash = new Sha256();
  for (let from = 0; from < bytes.length; from += size) hash.update(bytes.subarray(from, from + size));
  expect(hash.hex()).toBe(await sha256Hex(bytes));
});

test("a source too large to be hashed whole, with turns between its parts", async () => {
  const large = new Uint8Array(2 ** 25 + 5).fill(3, 1000);
  let turns = 0;
  const turn = async () => {
    turns++;
  };
  const found = await sha256Of(memorySource(large), turn, 2 ** 20);
  expect(found).toBe(await sha256Hex(large));
  expect(turns).toBeGreaterThan(2);
  expect(await sha256Of(memorySource(bytes))).toBe(await sha256Hex(bytes));
});
