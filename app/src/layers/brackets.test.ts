import { expect, it } from "vitest";
import type { Row } from "../state/rows/rows.ts";
import { bracketsOf } from "./brackets.ts";

const rows = (...shares: readonly (readonly [id: string, sharedWith: readonly string[]])[]) =>
  shares.map(([id, sharedWith]) => ({ kind: "layer", layer: { id, sharedWith } }) as unknown as Row);

it("joins rows that share, also by way of another, and leaves the others alone", () => {
  const found = bracketsOf(rows(["a", ["c"]], ["b", []], ["c", ["a", "d"]], ["d", ["c"]], ["e", []]));
  expect(found).toEqual([{ members: [0, 2, 3], lane: 0 }]);
});

it("sets overlapping brackets side by side, and uses a lane again", () => {
  const found = bracketsOf(
    rows(["a", ["c"]], ["b", ["d"]], ["c", ["a"]], ["d", ["b"]], ["e", ["f"]], ["f", ["e"]]),
  );
  expect(found).toEqual([
    { members: [0, 2], lane: 0 },
    { members: [1, 3], lane: 1 },
    { members: [4, 5], lane: 0 },
  ]);
});

it("knows nothing of rows that a filter hides", () => {
  expect(bracketsOf(rows(["a", ["hidden"]], ["b", []]))).toEqual([]);
});

it("counts rows of groups, and has no bracket for layers in closed ones", () => {
  const group = { kind: "group", layers: [{ id: "x", sharedWith: ["a"] }] } as unknown as Row;
  const found = bracketsOf([group, ...rows(["a", ["x", "b"]], ["b", ["a"]])]);
  expect(found).toEqual([{ members: [1, 2], lane: 0 }]);
});
