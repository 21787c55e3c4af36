// Every rule of the table against central differences, in both builds of ONNX Runtime.

import { opTypes } from "@bitscape/graph";
import { describe, expect, test } from "vitest";
import { cases } from "./cases/index.ts";
import { flat } from "./rules/flat.ts";
import { gradRules } from "./rules/table.ts";
import { testRuntime } from "./testing/runtime.ts";
import { tryCase } from "./testing/trial.ts";

/** Largest relative error of a directional derivative: float32 differences are this good. */
const TOLERANCE = 2e-3;

const shapes = (each: (typeof cases)[number]) =>
  each.inputs.map((input) => (input === "" ? "-" : `[${input.shape}]`)).join(" ");
const attributes = (each: (typeof cases)[number]) =>
  Object.entries(each.attributes)
    .map(([name, { type, ...rest }]) => `${name}=${"value" in rest ? String(rest.value) : type}`)
    .join(" ");

describe.each(["native", "wasm"] as const)("%s", async (name) => {
  const runtime = await testRuntime(name);

  test.each(
    cases.flatMap((each) => {
      // WebAssembly runs the newest form alone: rules write the same nodes for both.
      const opsets = name === "native" ? each.opsets : each.opsets.slice(-1);
      return opsets.map((opset) => [each.op, shapes(each), attributes(each), opset, each] as const);
    }),
  )("%s of %s %s, opset %i", async (op, _, __, opset, each) => {
    const found = await tryCase(each, opset, runtime);
    if (gradRules[op] === flat) {
      expect(found).toEqual([]);
      return;
    }
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ error }) => !(error < TOLERANCE))).toEqual([]);
    // Such a check sees a gradient that is 5 % too large.
    expect(found.filter(({ control }) => !(control > TOLERANCE))).toEqual([]);
  });
});

test("every rule is for an operator that exists and has a case", () => {
  const known = new Set<string>(opTypes);
  const covered = new Set<string>(cases.map((each) => each.op));
  const rules = Object.keys(gradRules);
  expect(rules.filter((op) => !known.has(op))).toEqual([]);
  expect(rules.filter((op) => !covered.has(op))).toEqual([]);
});
