// Strength against corrections whose effect is known: none is used of one that ruins, all of one that undoes an error.

import { type Constant, constantOf } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { floatsOf } from "../../network/constants.ts";
import type { Plan } from "../../plan/plan.ts";
import { Study } from "../../study.ts";
import { openSmall, smallDataset } from "../../testing/data.ts";
import { convNet } from "../../testing/nets.ts";
import { wasmRuntime } from "../../testing/wasm.ts";
import { biasSites, withBiasSites } from "./sites.ts";
import { strengthOf } from "./strength.ts";

const idle = async () => {};

test("a correction that ruins is left out, one that undoes an error is used whole", async () => {
  const network = withBiasSites(await openSmall(convNet, wasmRuntime));
  const study = await Study.open(network, smallDataset(convNet, 24), wasmRuntime, { calibration: 16 });
  const constants = biasSites(network).map(
    ({ bias }) => network.model.graph.constants.get(bias ?? "") as Constant,
  );
  /** Biases that are off by so much. */
  const off = (by: number): NonNullable<Plan["biases"]> =>
    new Map(
      constants.map((constant) => {
        const values = floatsOf(constant).map((value, c) => value + (c % 2 === 0 ? by : -by));
        return [constant.name, constantOf(constant.name, tensor("float32", constant.shape, values))];
      }),
    );
  const plan = { weights: new Map(), points: new Map() } as unknown as Plan;
  const { reference, probe } = study;
  const indices = study.split.calibration;
  const seen: number[][] = [];
  const job = { reference, probe, indices, between: idle };
  const ruined = await strengthOf({
    ...job,
    plan,
    biases: (places, strength) => {
      seen.push([...places]);
      return off(2 * strength);
    },
  });
  expect(ruined).toBe(0);
  // Each quarter is judged by the other three.
  expect(seen.slice(0, 4).map((places) => places.length)).toEqual([12, 12, 12, 12]);
  const judged = seen.slice(0, 4).map((places) => indices.findIndex((_, i) => !places.includes(i)));
  expect(judged).toEqual([0, 4, 8, 12]);
  const wrong = { ...plan, biases: off(2) };
  expect(await strengthOf({ ...job, plan: wrong, biases: (_, strength) => off(2 * (1 - strength)) })).toBe(1);
  // Too few samples to tell: as published.
  expect(await strengthOf({ ...job, indices: indices.slice(0, 4), plan, biases: () => off(2) })).toBe(1);
  await study.release();
});
