import { expect, it } from "vitest";
import { csv } from "./csv.ts";

it("quotes what would break a row, and doubles quotes", () => {
  expect(
    csv([
      ["a", "b c"],
      ['say "x"', "1,5\n2"],
    ]),
  ).toBe('a,b c\r\n"say ""x""","1,5\n2"\r\n');
});

it("leaves out what is not known", () => {
  expect(csv([["x", Number.NaN, null, undefined, 0.1]])).toBe("x,,,,0.1\r\n");
});
