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
