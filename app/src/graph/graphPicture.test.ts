import { describe, expect, it } from "vitest";
import { colourAt, position } from "../charts/colour.ts";
import type { Scene, SceneNode } from "../state/graphScene.ts";
import { graphCsv, graphPicture } from "./graphPicture.ts";
import { nodeHeight, nodeWidth } from "./layout.ts";

const node = (key: string, op: string, layers: readonly string[]) =>
  ({ key, label: key, op, node: { id: key, op }, module: "", layers }) as unknown as SceneNode;

const scene = {
  nodes: [node("in & out", "Input", []), node("conv", "Conv", ["conv"])],
  edges: [{ from: 0, to: 1 }],
  nodeOf: new Map([["conv", 1]]),
  drawn: [0, 1],
} satisfies Scene;
const layout = {
  width: 400,
  height: 100,
  places: Float32Array.of(0, 0, 200, 50),
  lines: [Float32Array.of(152, 20, 200, 70)],
};
const figures = [null, { loss: 0.5, predicted: true, of: 1, known: 1, bits: "W4" }];

describe("the graph as a file", () => {
  const drawn = graphPicture(scene, layout, figures, false, "nats");
  const page = new DOMParser().parseFromString(drawn.svg, "image/svg+xml");

  it("is an svg of the drawing's size, with every node where it is laid out", () => {
    expect(page.querySelector("parsererror")).toBeNull();
    expect([drawn.width, drawn.height]).toEqual([400, 100]);
    const boxes = [...page.querySelectorAll("g")];
    expect(boxes.map((box) => box.getAttribute("transform"))).toEqual([
      "translate(0 0)",
      "translate(200 50)",
    ]);
    const size = boxes.map((box) => box.querySelector("rect"));
    expect(size.map((rect) => Number(rect?.getAttribute("width")))).toEqual([nodeWidth, nodeWidth]);
    expect(size.map((rect) => Number(rect?.getAttribute("height")))).toEqual([nodeHeight, nodeHeight]);
    expect(page.querySelector("title")?.textContent).toBe("in & out, Input");
  });

  it("has the colour of the loss, hatched where it is predicted, and draws the edges", () => {
    const colours = [...page.querySelectorAll("rect")].map((rect) => rect.getAttribute("fill"));
    expect(colours).toContain(colourAt(position(0.5), false));
    expect(colours).toContain("url(#guess)");
    expect(page.querySelector("svg > path")?.getAttribute("d")).toMatch(/^M152 20L200 70/);
  });

  it("is a table of its nodes", () => {
    expect(graphCsv(scene, figures).split("\r\n").slice(1, 3)).toEqual([
      "in & out,Input,,,,",
      "conv,Conv,,W4,0.5,predicted",
    ]);
  });
});
