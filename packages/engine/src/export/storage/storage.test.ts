// Every storage by itself, in WebAssembly: what its nodes yield is what quant decodes, bit for bit, along any axis, for
// networks of either float type, and with older operators where the newest opsets are out of reach.

import { build, encodeModel, type Node } from "@bitscape/graph";
import { decode, type Encoded, formatRows, type Grouping, quantize, storedFacts } from "@bitscape/quant";
import { bytesOf, floatToHalf, halfToFloat, type Tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { memories } from "../../runtime/memory.ts";
import { normals } from "../../testing/nets.ts";
import { wasmRuntime } from "../../testing/wasm.ts";
import { Part } from "../part.ts";
import { Pool } from "../pool.ts";
import type { Site } from "./storage.ts";
import { storageOf } from "./table.ts";

const shape = [4, 18, 10];
const groupings: readonly Grouping[] = [
  { kind: "tensor" },
  { kind: "channel", axis: 0 },
  { kind: "channel", axis: 1 },
  { kind: "channel", axis: 2 },
  { kind: "block", axis: 1, size: 9 },
  { kind: "block", axis: 1, size: 8 },
  { kind: "block", axis: 2, size: 4 },
  { kind: "block", axis: 0, size: 3 },
];

interface Case {
  readonly name: string;
  readonly site: Site;
  readonly encoded: Encoded;
}

/** Every example of every format with every grouping that it has. */
function casesOf(half: boolean, types: boolean): Case[] {
  const roundScale = half ? (scale: number) => halfToFloat(floatToHalf(scale)) : Math.fround;
  return formatRows.flatMap(({ family, examples, granularities }) =>
    examples.flatMap((format, f) =>
      groupings
        .filter(({ kind }) => granularities.includes(kind))
        .flatMap((grouping, g): Case[] => {
          const centroids = g % 2 === 0 ? "float32" : "int8";
          const symmetric = (f + g) % 2 === 0;
          const scheme = { format, symmetric, range: "minmax", centroids } as const;
          const axes = { outputs: 1, inputs: f % 2 === 0 ? 0 : 2 };
          const data = normals(10 * f + g, shape);
          const options = { roundScale, ...(family === "product" && { axes }) };
          const facts = storedFacts({ format, symmetric });
          // 64 centroids of 9 do not fit this shape.
          if (
            format === "product(64,9)" ||
            (family === "product" && (shape[axes.inputs] as number) % (facts.args[1] as number) !== 0)
          )
            return [];
          const encoded = quantize(data, shape, scheme, grouping, options);
          const name = `w${f}${g}${family}`;
          const int8Centroids = family === "product" && centroids === "int8";
          const site = { name, shape, grouping, format: facts, symmetric, half, axes, int8Centroids, types };
          return [{ name: `${format} ${JSON.stringify(grouping)}`, site, encoded }];
        }),
    ),
  );
}

test.each([
  { half: false, types: true },
  { half: true, types: true },
  { half: false, types: false },
])("half: $half, newest types: $types", async ({ half, types }) => {
  const cases = casesOf(half, types);
  expect(cases.length).toBeGreaterThan(200);
  for (const memory of memories) {
    const pool = new Pool(build.graph({ nodes: [], inputs: [], outputs: [] }));
    const nodes: Node[] = [];
    let opset = 13;
    const laid = cases.filter(({ site }) => storageOf(site.format).memories(site).includes(memory));
    expect(laid.length).toBeGreaterThan(100);
    laid.forEach(({ site, encoded }, i) => {
      const storage = storageOf(site.format);
      const part = new Part(pool);
      const value = part.barrier(
        storage.lay(site, memory, part, () => encoded),
        shape,
      );
      expect(value.dtype).toBe(half ? "float16" : "float32");
      part.end(value, `out${i}`);
      nodes.push(...part.nodes);
      const needed = storage.opset(site, memory);
      opset = Math.max(opset, needed);
      if (!types) expect(needed).toBeLessThanOrEqual(18);
    });
    const outputs = laid.map((_, i) => build.untyped(`out${i}`));
    const graph = build.graph({ nodes, inputs: [], outputs, constants: pool.constants });
    const session = await wasmRuntime.load(encodeModel(build.model(graph, opset)));
    const found = await session.run({});
    await session.release();
    const wrong = laid.flatMap(({ name, encoded }, i) => {
      const values = decode(encoded);
      const expected = half ? Uint16Array.from(values, floatToHalf) : values;
      const [a, b] = [bytesOf((found[`out${i}`] as Tensor).data), bytesOf(expected)];
      const at = a.findIndex((byte, j) => byte !== b[j]);
      return a.length === b.length && at < 0 ? [] : [`${memory}: ${name}, byte ${at} of ${a.length}`];
    });
    expect(wrong).toEqual([]);
  }
});
