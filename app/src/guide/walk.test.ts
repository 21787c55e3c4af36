import { expect, it } from "vitest";
import { fakeLayers } from "../state/fake.test-engine.ts";
import { initialState, type State } from "../state/store.ts";
import { depthwiseLayers, walk } from "./walk.ts";

const layers = fakeLayers.map((layer) => ({ ...layer, depthwise: layer.id === "middle" }));
const model = { layers } as unknown as State["model"];

it("finds the depthwise layers", () => {
  expect(depthwiseLayers({ model })).toEqual(["middle"]);
  expect(depthwiseLayers({ model: null })).toEqual([]);
});

it("every step but the first waits for the sample", () => {
  for (const [i, { wait }] of walk.entries()) {
    const reason = wait?.(initialState) ?? null;
    if (i === 0) expect(reason).toBeNull();
    else expect(reason).toMatch(/sample/);
  }
});
