// Every shape rule and every value rule against its cases.

import { describe, expect, test } from "vitest";
import { checkModel } from "../check.ts";
import { opTypes } from "../ops/names.ts";
import { cases } from "./cases/index.ts";
import { modelOf, textOf } from "./cases/model.ts";
import { valueRules } from "./evaluate.ts";
import { infer } from "./infer.ts";
import { inferRules } from "./table.ts";

/** Rules that only say why nothing can be known. */
const dataDependent = ["ImageDecoder", "NonMaxSuppression", "StringNormalizer", "StringSplit"];

describe("shape rules", () => {
  test.each(cases.map((each) => [each.op, each.inputs.map(String).join(" "), each] as const))(
    "%s of %s",
    (_, __, each) => {
      const model = modelOf(each);
      expect(checkModel(model, "case")).toBeUndefined();
      const { values, missing } = infer(model);
      expect(missing).toEqual([]);
      const found = each.outputs.map((expected, i) => textOf(values.get(`out${i}`), expected));
      expect(found).toEqual(each.outputs);
    },
  );

  test("every rule is for an operator that exists and has a case", () => {
    const known = new Set<string>(opTypes);
    const covered = new Set<string>([...cases.map((each) => each.op), ...dataDependent]);
    expect(Object.keys(inferRules).filter((op) => !known.has(op))).toEqual([]);
    expect(Object.keys(inferRules).filter((op) => !covered.has(op))).toEqual([]);
  });

  test("every value rule has a case with known elements", () => {
    const covered = new Set<string>(
      cases.filter((each) => each.outputs.some((output) => output.includes("="))).map((each) => each.op),
    );
    expect(Object.keys(valueRules).filter((op) => !covered.has(op))).toEqual([]);
  });
});
