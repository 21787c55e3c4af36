import { expect, test } from "vitest";
import { splitOf } from "./opening.ts";

test("samples are asked for by number or by share", () => {
  expect(splitOf({})).toEqual({});
  expect(splitOf({ calibration: "100", evaluation: "25%" })).toEqual({
    calibration: 100,
    evaluation: { share: 0.25 },
  });
  expect(splitOf({ calibration: "apart", seed: "3" })).toEqual({ apart: true, seed: 3 });
  expect(() => splitOf({ calibration: "apart", evaluation: "9" })).toThrow(
    /^--calibration apart: .*no --eval/,
  );
  for (const wrong of ["0%", "120%", "x%", "1.5"]) {
    expect(() => splitOf({ calibration: wrong }), wrong).toThrow(/^--calibration: .*expected a whole number/);
  }
});
