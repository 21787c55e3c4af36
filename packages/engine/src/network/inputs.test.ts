import { expect, test } from "vitest";
import { openSmall } from "../testing/data.ts";
import { convNet, gatherNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { boundsOf, inputsOf } from "./inputs.ts";

test("inputs keep a symbolic first axis, the others are pinned", async () => {
  expect(inputsOf(await openSmall(convNet, wasmRuntime))).toEqual([
    { name: "x", dtype: "float32", shape: ["N", 3, 8, 8] },
  ]);
});

test("indices into a table are bounded by its rows", async () => {
  expect(boundsOf(await openSmall(gatherNet, wasmRuntime))).toEqual({ ids: 30 });
  expect(boundsOf(await openSmall(convNet, wasmRuntime))).toEqual({});
});
