// Integer-only files from the command line: written, proved by inspect, verified against what the QDQ export promises,
// and as right as it on the bundled samples; and what is refused.

import { attentionNet, residualNet } from "@bitscape/engine/testing";
import { encodeModel } from "@bitscape/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

const sample = decodeURIComponent(
  new URL("../../../public/samples/shapes-resnet.onnx", import.meta.url).pathname,
);
const data = ["--data", "sample:shapes-resnet", "--calibration", "40", "--evaluation", "100"];

const quantized = ["quantize", sample, "--preset", "w8a8", ...data];

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.make();
});
afterAll(() => folder.remove());

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await bitscape([...args, "--json"]);
  expect([code, err.filter((line) => line.includes("expected"))]).toEqual([0, []]);
  return JSON.parse(out);
}

function top1Of({ top1 }: Record<string, unknown>): number {
  return (top1 as { value: number }).value;
}

describe("the sample", () => {
  let theirs: number | undefined;
  /** Top-1 of the QDQ export. */
  const ofPairs = async () => {
    const pairs = folder.at("qdq.onnx");
    await json(...quantized, "--output", pairs);
    expect(await json("inspect", pairs)).toMatchObject({ integerOnly: false, integer: null });
    return top1Of(await json("verify", sample, pairs, ...data));
  };

  test.each([
    ["qlinear", [], 24],
    ["integer", ["--multiplier-bits", "16"], 16],
  ] as const)("in %s operators", async (operators, flags, bits) => {
    const file = folder.at(`${operators}.onnx`);
    const made = await json(...quantized, "--integer-only", ...flags, "--output", file);
    expect(made.integer).toMatchObject({ operators, multiplierBits: bits, floatOperators: [] });
    const facts = await json("inspect", file);
    expect(facts).toMatchObject({ integerOnly: true, floatBetween: [], integer: { operators } });
    const verified = await json("verify", sample, file, ...data);
    // Compared with the plan's simulation, which halves and ties set apart from integers, and not with itself.
    expect(verified).toMatchObject({ ok: true, simulated: { sqnrDb: expect.any(Number) } });
    theirs ??= await ofPairs();
    // One sample of a hundred: half a point is measured on thousands, by hand.
    expect(Math.abs(top1Of(verified) - theirs)).toBeLessThanOrEqual(0.0101);
  });
});

test("what cannot be asked, and what has no integer form, is refused in a sentence", async () => {
  const residual = await folder.write("residual.onnx", encodeModel(residualNet.model));
  const attention = await folder.write("attention.onnx", encodeModel(attentionNet.model));
  const refused = async (model: string, ...flags: string[]) => {
    const output = ["--output", folder.at("refused.onnx")];
    const { code, out, err } = await bitscape(["quantize", model, ...flags, ...output]);
    expect([code === 0, out]).toEqual([false, ""]);
    return err.at(-1);
  };
  const integers = ["--preset", "w8a8", "--integer-only"];
  expect(await refused(residual, "--preset", "w8a8", "--multiplier-bits", "8")).toContain("--integer-only");
  expect(await refused(residual, ...integers, "--multiplier-bits", "40")).toContain("expected 2 to 31");
  expect(await refused(residual, ...integers, "--operators", "qlinear", "--multiplier-bits", "8")).toContain(
    "multipliers of 8 bits with QLinear operators",
  );
  expect(await refused(residual, "--preset", "w8", "--integer-only")).toContain("no activation is quantized");
  expect(await refused(attention, ...integers)).toContain("1 Add, 1 Softmax would stay float");
  const file = folder.at("allowed.onnx");
  const allowed = await json("quantize", attention, ...integers, "--allow-float", "--output", file);
  expect(allowed.integer).toMatchObject({
    floatOperators: expect.arrayContaining([{ id: "softmax", op: "Softmax" }]),
  });
  expect(await json("inspect", file)).toMatchObject({ integerOnly: false });
});
