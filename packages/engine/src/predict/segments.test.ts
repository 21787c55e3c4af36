// A network in segments gives what it gives whole, and all columns at once what each gives alone: the plain way, of one part
// with one column, is the oracle here, and differences of the network are that of it (part.test.ts).

import { describe, expect, test } from "vitest";
import type { Column } from "../cells/calls.ts";
import { cellsOf } from "../cells/sensitivity.ts";
import { Reference } from "../score/reference.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import * as nets from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { batching } from "./batching.ts";
import type { Chunk } from "./chunks.ts";
import type { Form } from "./formulation.ts";
import { Running } from "./running.ts";
import { termsOf } from "./terms.ts";

const SAMPLES = 3;
const slots = Array.from({ length: SAMPLES }, (_, index) => ({ index, draw: 0 }));
const none = async () => {};

async function prepared(net: nets.SmallNet, activations: readonly Column[]) {
  const network = await openSmall(net, wasmRuntime);
  const dataset = smallDataset(net, SAMPLES);
  const study = await Study.open(network, dataset, wasmRuntime);
  const ranges = await study.ranges(none);
  await study.release();
  const base = batching(network, SAMPLES) ?? batching(network, 1);
  if (!base) throw new Error("no batch");
  const { kind } = new Reference(network, dataset);
  const keys = [
    ...cellsOf(network, [2, 8, "float8e4m3"], ["weight"]),
    ...cellsOf(network, activations, ["activation"]),
  ];
  const { weights, points } = termsOf(network, keys, ranges);
  const found = async (chunk: Chunk, form: Form, nodes?: number) => {
    const running = new Running(
      { network, dataset, kind, runtime: wasmRuntime, batching: base, form, nodes },
      chunk,
    );
    const all = new Map<string, Float64Array[]>();
    const order: string[] = [];
    await running.run(slots, none, (some) => {
      for (const [term, arrays] of some) all.set(term, arrays);
      order.push(...some.keys());
    });
    await running.release();
    return { all, order, segments: running.segments };
  };
  return { chunk: { weights, points }, found };
}

function expectAlike(
  found: readonly Float64Array[] | undefined,
  expected: readonly Float64Array[],
  of: string,
) {
  expect(found?.length, of).toBe(expected.length);
  for (const [column, values] of expected.entries()) {
    const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-12);
    for (const [i, value] of values.entries())
      expect(
        Math.abs((found?.[column]?.[i] as number) - value) / most,
        `${of}, column ${column}`,
      ).toBeLessThan(1e-4);
  }
}

// A value that goes past a segment, one axis of samples that is not the first, grouped and transposed convolutions, products.
const some = [nets.attentionNet, nets.groupedNet, nets.transposedNet, nets.gatherNet, nets.batchedNet];

describe.each(["directional", "diagonal"] as const)("%s", (form) => {
  // Where nothing but a gradient of each weight will do, some weights have none apart for each sample.
  test.each(form === "diagonal" ? [nets.gemmNet] : some)(
    "$name: as each column alone, in one part",
    async (net) => {
      const { chunk, found } = await prepared(net, [3, 16, 8, "float8e4m3"]);
      const { all } = await found(chunk, form);
      const columns = Math.max(
        ...chunk.weights.map(({ changes }) => changes.length),
        ...chunk.points.map(({ plans }) => plans.length),
      );
      for (let column = 0; column < columns; column++) {
        const one = {
          weights: chunk.weights
            .map(({ weight, changes }) => ({ weight, changes: changes.slice(column, column + 1) }))
            .filter(({ changes }) => changes.length > 0),
          points: chunk.points
            .map(({ tensor, plans }) => ({ tensor, plans: plans.slice(column, column + 1) }))
            .filter(({ plans }) => plans.length > 0),
        };
        for (const [term, arrays] of (await found(one, form)).all)
          expectAlike(all.get(term)?.slice(column, column + 1), arrays, `${term}, ${column}`);
      }
    },
  );

  test.each([form === "diagonal" ? nets.convNet : nets.residualNet])(
    "$name: in segments as whole, the last ones first",
    async (net) => {
      // Not 16 bits: the error of so fine a step is as large as what float32 leaves of it, and other kernels leave other parts.
      const { chunk, found } = await prepared(net, [3, 8]);
      const whole = await found(chunk, form);
      const cut = await found(chunk, form, 30);
      expect(whole.segments).toBe(1);
      expect(cut.segments).toBeGreaterThan(2);
      expect(new Set(cut.order)).toEqual(new Set(whole.order));
      expect(cut.order[0]).not.toBe(whole.order[0]);
      for (const [term, arrays] of whole.all) expectAlike(cut.all.get(term), arrays, term);
    },
  );
});
