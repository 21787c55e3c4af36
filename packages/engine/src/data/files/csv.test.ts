import { expect, test } from "vitest";
import { parseCsv } from "./csv.ts";

test("quotes, line ends, blank lines and a byte-order mark", () => {
  expect(parseCsv('\ufefffile,label\r\n"a, ""b"".jpg",1\r\n\r\nc.jpg , 2')).toEqual([
    ["file", "label"],
    ['a, "b".jpg', "1"],
    ["c.jpg", "2"],
  ]);
});

test("a line break within quotes, old line ends, empty cells", () => {
  expect(parseCsv('"a\nb",1\r,2\n')).toEqual([
    ["a\nb", "1"],
    ["", "2"],
  ]);
});

test("semicolons and tabs where there is no comma", () => {
  expect(parseCsv("a;b\n1;2")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(parseCsv("a\tb\n1\t2,5")[1]).toEqual(["1", "2,5"]);
});
