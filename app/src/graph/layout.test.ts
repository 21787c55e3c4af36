// ELK in this thread: the layout is the same, only the worker is not there.
import ELK from "elkjs/lib/elk.bundled.js";
import { expect, it } from "vitest";
import type { Scene } from "../state/graphScene.ts";
import { assembled, elkGraph, type Layout, nodeHeight, nodeWidth, piecesOf } from "./layout.ts";

const scene = (count: number, edges: readonly (readonly [number, number])[]) =>
  ({
    nodes: Array.from({ length: count }, (_, i) => ({ key: `n${i}` })),
    edges: edges.map(([from, to]) => ({ from, to })),
  }) as unknown as Scene;

const chain = (count: number) =>
  scene(
    count,
    Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const),
  );

async function laidOut(of: Scene, aspect = 4): Promise<Layout> {
  const elk = new ELK();
  const pieces = piecesOf(of, aspect);
  const answers = [];
  for (const piece of pieces) answers.push(await elk.layout(elkGraph(of, piece, aspect)));
  return assembled(of, pieces, answers);
}

/** What must hold of any drawing: nodes apart, each edge from its source to its target. */
function check({ nodes, edges }: Scene, { places, lines }: Layout): void {
  const at = (i: number) => [places[2 * i] as number, places[2 * i + 1] as number] as const;
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < i; j++) {
      const [[x, y], [u, v]] = [at(i), at(j)];
      expect(Math.abs(x - u) >= nodeWidth || Math.abs(y - v) >= nodeHeight, `${i} over ${j}`).toBe(true);
    }
  }
  const on = (i: number, x: number, y: number) =>
    x >= at(i)[0] - 1 && x <= at(i)[0] + nodeWidth + 1 && y >= at(i)[1] - 1 && y <= at(i)[1] + nodeHeight + 1;
  edges.forEach(({ from, to }, i) => {
    const line = lines[i] as Float32Array;
    expect(on(from, line[0] as number, line[1] as number), `edge ${i} begins`).toBe(true);
    expect(on(to, line.at(-2) as number, line.at(-1) as number), `edge ${i} ends`).toBe(true);
  });
}

it("cuts only where everything passes through one node", () => {
  // 0-1-2-3-4-5-… with an edge over each third node's successors
  const edges = [...chain(60).edges.map(({ from, to }) => [from, to] as const)];
  for (let i = 0; i + 3 < 60; i += 3) edges.push([i, i + 2]);
  const of = scene(60, edges);
  const pieces = piecesOf(of, 2);
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces[0]?.from).toBe(0);
  expect(pieces.at(-1)?.to).toBe(59);
  for (const [i, { to }] of pieces.entries()) {
    if (i + 1 < pieces.length) expect(pieces[i + 1]?.from).toBe(to + 1);
    for (const edge of of.edges) expect(edge.from < to && edge.to > to).toBe(false);
  }
  expect(pieces.flatMap(({ edges }) => edges).sort((a, b) => a - b)).toEqual(of.edges.map((_, i) => i));
});

it("leaves whole what has an edge over all of it", () => {
  const edges = [...chain(100).edges.map(({ from, to }) => [from, to] as const), [0, 99] as const];
  expect(piecesOf(scene(100, edges), 4)).toMatchObject([{ from: 0, to: 99, long: true }]);
});

it("draws residual blocks in rows", async () => {
  const edges: [number, number][] = [];
  for (let i = 0; i + 4 < 81; i += 4)
    edges.push([i, i + 1], [i + 1, i + 2], [i + 2, i + 3], [i + 3, i + 4], [i, i + 4]);
  const of = scene(81, edges);
  const layout = await laidOut(of);
  check(of, layout);
  expect(layout.width / layout.height).toBeGreaterThan(1.5);
});

it("draws what cannot be cut, what has no edges, what feeds back, and nothing", async () => {
  const skip = scene(70, [...chain(70).edges.map(({ from, to }) => [from, to] as const), [0, 69]]);
  check(skip, await laidOut(skip));
  const loose = scene(5, []);
  check(loose, await laidOut(loose));
  const back = [...chain(40).edges.map(({ from, to }) => [from, to] as const)];
  for (let i = 1; i < 40; i++) back.push([i, i - 1]);
  const both = scene(40, back);
  check(both, await laidOut(both, 1));
  expect(await laidOut(scene(0, []))).toMatchObject({ width: 0, height: 0 });
});

it("leads edges from everything to everything after it along above the nodes", async () => {
  const count = 31;
  const all = Array.from({ length: count }, (_, to) =>
    Array.from({ length: to }, (_, from) => [from, to] as const),
  );
  const of = scene(count, all.flat());
  const [piece] = piecesOf(of, 8);
  expect(piece?.far.length).toBeGreaterThan(300);
  expect([...(piece?.edges ?? []), ...(piece?.far ?? [])].sort((a, b) => a - b)).toEqual(
    of.edges.map((_, i) => i),
  );
  const layout = await laidOut(of, 8);
  check(of, layout);
  const top = Math.min(...Array.from({ length: count }, (_, i) => layout.places[2 * i + 1] as number));
  for (const i of piece?.far ?? []) {
    const line = layout.lines[i] as Float32Array;
    expect(Math.min(...line.filter((_, at) => at % 2 === 1)), `edge ${i}`).toBeLessThan(top);
  }
});
