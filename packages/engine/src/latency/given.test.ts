// Tables of times that a person gives: read, and refused in a sentence.

import { describe, expect, test } from "vitest";
import { givenTimes, parseLatencyTable, timedLayers } from "./given.ts";
import { prepared } from "./madeUp.test-device.ts";

describe("a given table", () => {
  const csv =
    "layer,op,shape,scheme,ms\n,Conv,,float,30\n,Conv,,w8a8,10\nc,,,int8,50\nc,,,fp32,20\nend to end,,,float,340\n";

  test("of CSV and of JSON says the same; layers come before operators", async () => {
    const { network, evidence } = await prepared();
    const fromCsv = parseLatencyTable(csv, "t.csv");
    const rows = [
      { op: "Conv", scheme: "float", ms: 30 },
      { op: "Conv", scheme: "8/8", ms: 10 },
      { layer: "c", scheme: "8", ms: 50 },
      { layer: "c", scheme: "float", ms: 20 },
    ];
    const fromJson = parseLatencyTable(JSON.stringify({ rows, endToEnd: [{ name: "float", ms: 340 }] }));
    const [a, b] = [fromCsv, fromJson].map((given) => givenTimes(timedLayers(network), given, evidence));
    expect(a).toEqual(b);
    expect(a?.factor).toBeCloseTo(2, 12);
    expect(a?.float).toBeCloseTo(0.34, 12);
    expect(a?.times.layers.c?.seconds).toEqual({ "float/": expect.closeTo(0.04), "8/": expect.closeTo(0.1) });
    expect(a?.times.layers.b?.seconds["8/"]).toBeCloseTo(0.02, 12);
  });

  test("is refused in a sentence where it is none, or says too little", async () => {
    const { network, evidence } = await prepared();
    expect(() => parseLatencyTable("[1", "t.json")).toThrow(/^t\.json: .*, expected rows of layer/);
    expect(() => parseLatencyTable("layer,scheme,ms\na,8,-1\n", "t.csv")).toThrow(
      /^t\.csv: row 1: .*, expected layer/,
    );
    expect(() => parseLatencyTable("scheme,ms\n8,1\n")).toThrow(
      "row 1: neither layer nor op, expected layer",
    );
    const some = parseLatencyTable("layer,scheme,ms\na,float,3\n");
    expect(() => givenTimes(timedLayers(network), some, evidence)).toThrow(
      "latency table: a without a time as 8, expected",
    );
    const none = parseLatencyTable("layer,scheme,ms\nz,float,3\n");
    expect(() => givenTimes(timedLayers(network), none, evidence)).toThrow(
      "latency table: 1 rows, expected some for layers of chain.onnx",
    );
  });
});
