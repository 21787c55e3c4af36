// What layers cost a device: against sums by hand.

import { presetRecipe, type Times } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { withBits } from "../edits.ts";
import { fakeLayers } from "../fake.test-engine.ts";
import { bitOperations, costTogether, timesOf } from "./costs.ts";

const w8a8 = presetRecipe("w8a8");
const [stem] = fakeLayers;
const recipe = withBits(w8a8, stem ? [stem] : [], "weight", 4);
const bare = { ...fakeLayers[0], id: "add", weights: [], macs: null } as (typeof fakeLayers)[number];

describe("bit operations", () => {
  it("are multiply-adds times both widths; layers without weights have none", () => {
    const found = bitOperations([...fakeLayers, bare], recipe);
    expect(found.get("stem")).toEqual({ float: 640 * 32 * 32, now: 640 * 4 * 8 });
    expect(found.get("head")).toEqual({ float: 640 * 32 * 32, now: 640 * 8 * 8 });
    expect(found.has("add")).toBe(false);
    const float = bitOperations(fakeLayers, withBits(w8a8, fakeLayers, "activation", "fp"));
    expect(float.get("head")?.now).toBe(640 * 8 * 32);
    expect(costTogether(fakeLayers, found)).toEqual({ float: 3 * 640 * 1024, now: 640 * (32 + 64 + 64) });
  });
});

describe("times", () => {
  const times: Times = {
    beside: 1e-3,
    layers: {
      stem: { kept: 5e-4, seconds: { "4/": 1e-4, "8/": 2e-4, "float/": 4e-4 } },
      middle: { kept: 5e-4, seconds: { "4/8": 3e-4, "8/8": 6e-4, "float/8": 7e-4 } },
      head: { kept: 5e-4, seconds: { "4/": 1e-4, "float/": 9e-4 } },
      add: { kept: 2e-5, seconds: {} },
    },
  };

  it("are those of the columns chosen, with or without activations; what was not timed is not known", () => {
    const found = timesOf([...fakeLayers, bare], recipe, times);
    expect(found.get("stem")).toEqual({ float: 4e-4, now: 1e-4 });
    expect(found.get("middle")).toEqual({ float: 7e-4, now: 6e-4 });
    expect(found.get("head")).toEqual({ float: 9e-4, now: Number.NaN });
    expect(found.get("add")).toEqual({ float: 2e-5, now: 2e-5 });
    expect(costTogether(fakeLayers, new Map())).toBeUndefined();
  });
});
