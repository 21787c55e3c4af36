import type { Memory, StoredTensor } from "@bitscape/engine";
import { expect, it } from "vitest";
import { formatWords, heldWords, opsetWords, runtimeWords } from "./StoredWeights.tsx";

const stored = (format: string, choice: Memory, bytes: number): StoredTensor => ({
  layer: "a",
  weight: "a.w",
  format,
  elements: 1,
  bytes: 1,
  memory: { choice, can: [choice], bytes },
});
const mixed = [
  stored("int8", "compact", 1000),
  stored("uint8", "compact", 500),
  stored("nf4", "expanded", 4000),
];

it("says in words what the weights became", () => {
  expect(formatWords(mixed, 2)).toBe("2 at 8 bits, 1 as NF4, 2 float");
  expect(heldWords(mixed)).toBe("2 stay small: 1.50 kB; 1 is expanded to float when loaded: 4.00 kB");
  expect(runtimeWords(mixed)).toBe("ONNX Runtime: WebAssembly and native, not WebGPU (because of NF4)");
  expect(runtimeWords(mixed.slice(0, 2))).toBe("ONNX Runtime: WebAssembly, native and WebGPU");
  expect([opsetWords(17, 21), opsetWords(17, 17)]).toEqual([
    "21, raised from 17 for the operators and types that it needs",
    "17",
  ]);
});
