// Gradients past quantizers against plain code: LSQ's rule for the scale, the clip's for the data.

import { type Attribute, build, constantOf, infer, int, sinceVersion } from "@bitscape/graph";
import { normal, seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { gradientGraph } from "./gradient.ts";
import { weightedSum } from "./heads.ts";
import { straightThrough } from "./straightThrough.ts";
import { numbers } from "./testing/difference.ts";
import { testRuntime } from "./testing/runtime.ts";

const runtime = await testRuntime("native");
const shape = [3, 5];
const OPSET = 21;

/** The scale's index of an element, by how scales lie. */
const kinds: readonly {
  readonly name: string;
  readonly scales: readonly number[];
  readonly attributes: Record<string, Attribute>;
  readonly index: (row: number, column: number) => number;
}[] = [
  { name: "one scale", scales: [], attributes: {}, index: () => 0 },
  { name: "a scale for each row", scales: [3], attributes: { axis: int(0) }, index: (row) => row },
  {
    name: "blocks of two in a row",
    scales: [3, 3],
    attributes: { axis: int(1), block_size: int(2) },
    index: (row, column) => 3 * row + Math.floor(column / 2),
  },
];

test.each(kinds)("QuantizeLinear and DequantizeLinear, $name", async ({ scales, attributes, index }) => {
  expect(sinceVersion("QuantizeLinear")).toBeLessThanOrEqual(OPSET);
  const count = sizeOf(scales);
  const zeros = Array.from({ length: count }, (_, i) => 100 + i);
  const graph = build.graph({
    nodes: [
      build.node("QuantizeLinear", ["x", "scale", "zero"], ["codes"], attributes),
      build.node("DequantizeLinear", ["codes", "scale", "zero"], ["y"], attributes),
    ],
    inputs: [build.value("x", "float32", shape), build.value("scale", "float32", scales)],
    outputs: [build.untyped("y")],
    constants: [constantOf("zero", tensor("uint8", scales, zeros))],
  });
  const random = seededRandom(4);
  const draw = (of: readonly number[], make: () => number): Tensor =>
    tensor("float32", of, Array.from({ length: sizeOf(of) }, make));
  // Wide enough that some elements are clipped on both sides.
  const x = draw(shape, () => 1.5 * normal(random));
  const scale = draw(scales, () => 0.005 + 0.01 * random());
  const seed = draw(shape, () => normal(random));
  const head = weightedSum(
    { graph, opset: OPSET, values: infer(build.model(graph, OPSET)).values },
    { of: "y", against: "seed", reduction: "sum" },
  );
  const wrt = ["x", "scale"];
  const asked = { ...head, wrt, keep: [], custom: straightThrough(graph) };
  const { graph: made, gradients } = gradientGraph(asked);
  const session = await runtime.load(build.model(made, OPSET));
  const found = await session.run({ x, scale, seed });
  await session.release();
  const gradientOf = (name: string) => Array.from(numbers(found[gradients.get(name)?.name ?? ""] as Tensor));

  const onData: number[] = [];
  const onScale = new Array<number>(count).fill(0);
  let clipped = 0;
  numbers(x).forEach((each, i) => {
    const group = index(Math.floor(i / 5), i % 5);
    const [s, z] = [numbers(scale)[group] as number, zeros[group] as number];
    const g = numbers(seed)[i] as number;
    const place = each / s + z;
    const inside = place >= 0 && place <= 255;
    if (!inside) clipped++;
    onData.push(inside ? g : 0);
    const slope = inside ? Math.round(each / s) - each / s : (place < 0 ? 0 : 255) - z;
    onScale[group] = (onScale[group] as number) + g * slope;
  });
  expect(clipped).toBeGreaterThan(2);
  expect(clipped).toBeLessThan(12);
  gradientOf("x").forEach((each, i) => {
    expect(each).toBeCloseTo(onData[i] as number, 4);
  });
  gradientOf("scale").forEach((each, i) => {
    expect(Math.abs(each - (onScale[i] as number))).toBeLessThan(
      2e-3 * Math.max(1, Math.abs(onScale[i] as number)),
    );
  });
});

test("without it a quantizer lets nothing pass", () => {
  const graph = build.graph({
    nodes: [build.node("Round", ["x"], ["y"])],
    inputs: [build.value("x", "float32", shape)],
    outputs: [build.untyped("y")],
  });
  const { values } = infer(build.model(graph, OPSET));
  const head = weightedSum({ graph, opset: OPSET, values }, { of: "y", against: "seed" });
  expect(gradientGraph({ ...head, wrt: ["x"] }).gradients.size).toBe(0);
  expect(gradientGraph({ ...head, wrt: ["x"], custom: straightThrough(graph) }).gradients.size).toBe(1);
});
