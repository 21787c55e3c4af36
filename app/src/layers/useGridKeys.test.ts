import { expect, it } from "vitest";
import { destination, unfolding } from "./useGridKeys.ts";

const grid = { rows: 20, columns: 13, page: 8, at: { row: 5, column: 3 } };
const to = (key: string, wide = false, at = grid.at) => {
  const place = destination(key, wide, { ...grid, at });
  return place && `${place.row},${place.column}`;
};

it("moves by one", () => {
  expect(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((key) => to(key))).toEqual([
    "4,3",
    "6,3",
    "5,2",
    "5,4",
  ]);
});

it("moves by pages and to the ends", () => {
  expect([to("PageUp"), to("PageDown"), to("Home"), to("End")]).toEqual(["0,3", "13,3", "5,-1", "5,12"]);
  expect([to("Home", true), to("End", true), to("ArrowDown", true)]).toEqual(["0,-1", "19,12", "19,3"]);
});

it("stays inside", () => {
  expect(to("ArrowUp", false, { row: 0, column: -1 })).toBe("0,-1");
  expect(to("ArrowLeft", false, { row: 0, column: -1 })).toBe("0,-1");
  expect(to("ArrowDown", false, { row: 19, column: 12 })).toBe("19,12");
  expect(to("ArrowRight", false, { row: 19, column: 12 })).toBe("19,12");
});

it("leaves other keys alone", () => {
  expect(to("a")).toBeNull();
});

it("opens, closes and leaves groups on their names only", () => {
  const on = (key: string, open: boolean | null, column = -1, parent = 3) =>
    unfolding(key, { at: { row: 5, column }, open, parent });
  expect(on("ArrowRight", false)).toBe("open");
  expect(on("ArrowRight", true)).toBeNull();
  expect(on("ArrowLeft", true)).toBe("close");
  expect(on("ArrowLeft", false)).toBe("out");
  expect(on("ArrowLeft", null)).toBe("out");
  expect(on("ArrowLeft", null, -1, -1)).toBeNull();
  expect(on("ArrowRight", false, 0)).toBeNull();
});
