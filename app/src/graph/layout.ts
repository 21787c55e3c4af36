// Where the nodes of a scene are drawn and how its edges run. The scene is cut where all of it passes through one node, and the
// pieces are set below one another as rows of text are; within a row it is ELK's layered layout (Eclipse Layout Kernel, elkjs),
// whose time grows faster than the number of nodes. Here is what is asked of ELK and how its answers are put together; its worker
// is elk.ts. Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981).

import type { ElkNode } from "elkjs/lib/elk-api.js";
import type { Scene } from "../state/graphScene.ts";

/** Of every node, in units of the drawing. */
export const nodeWidth = 152;
export const nodeHeight = 40;

/** Between two rows, and beside them, where a line leads from the end of one to the beginning of the next. */
const gutter = 32;

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Left and top of each node: [x0, y0, x1, y1, …]. */
  readonly places: Float32Array;
  /** Points of each edge in order: [x0, y0, x1, y1, …]; at least two. */
  readonly lines: readonly Float32Array[];
}

/** Nodes that are laid out together: from one index to another, both included. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Indices of edges that end in it; those that come from before it all come from the node just before it. */
  readonly edges: readonly number[];
  /** More edges that end in it: they are led along above it instead of among its nodes. */
  readonly far: readonly number[];
  /** Far longer than a row, and cannot be cut: ELK breaks it, which takes its time. */
  readonly long: boolean;
}

/** Columns and rows are about this far apart. */
const [across, down] = [nodeWidth + 24, 112];

/** Cuts a scene into rows, for a room of an aspect (width by height). One piece where nothing can be cut, or need be. */
export function piecesOf({ nodes, edges }: Pick<Scene, "nodes" | "edges">, aspect: number): Piece[] {
  const row = Math.max(8, Math.round(Math.sqrt((nodes.length * aspect * down) / across)));
  // Edges that pass over each node, by the differences from one node to the next.
  const passing = new Int32Array(nodes.length + 1);
  const ending = nodes.map((): number[] => []);
  edges.forEach(({ from, to }, i) => {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    if (last > first + 1) {
      passing[first + 1] = (passing[first + 1] as number) + 1;
      passing[last] = (passing[last] as number) - 1;
    }
    ending[last]?.push(i);
  });
  const pieces: Piece[] = [];
  let [start, over] = [0, 0];
  for (let i = 0; i < nodes.length; i++) {
    over += passing[i] as number;
    const last = i === nodes.length - 1;
    if (!last && (over > 0 || i - start + 1 < row)) continue;
    pieces.push({
      from: start,
      to: i,
      ...farAndNear(edges, ending.slice(start, i + 1).flat(), start, i),
      long: i - start + 1 > 2 * row,
    });
    start = i + 1;
  }
  return pieces;
}

/** Places that ELK makes room for where an edge passes a column, in a piece that it lays out soon. */
const passable = 4000;
/** Columns that an edge may pass where there are more of them. */
const near = 3;

/** Parts a piece's edges: where its nodes are fed by everything before them (DenseNet), ELK would be busy for ever with the long ones. */
function farAndNear(
  edges: readonly Edge[],
  ending: readonly number[],
  start: number,
  end: number,
): Pick<Piece, "edges" | "far"> {
  const column = new Int32Array(end - start + 1);
  const inside = ending.filter((i) => (edges[i] as Edge).from >= start && (edges[i] as Edge).to >= start);
  for (const i of inside) {
    const { from, to } = edges[i] as Edge;
    column[to - start] = Math.max(column[to - start] as number, (column[from - start] as number) + 1);
  }
  const span = (i: number) => {
    const { from, to } = edges[i] as Edge;
    return (column[to - start] as number) - (column[from - start] as number);
  };
  if (inside.reduce((sum, i) => sum + Math.max(0, span(i) - 1), 0) <= passable)
    return { edges: ending, far: [] };
  const far = new Set(inside.filter((i) => span(i) > near));
  return { edges: ending.filter((i) => !far.has(i)), far: [...far] };
}

/** What ELK is asked about a piece. */
export function elkGraph({ edges }: Scene, piece: Piece, aspect: number): ElkNode {
  const { from: first, to: last } = piece;
  const entered = piece.edges.some((i) => enters(edges[i] as Edge, piece));
  const id = (node: number) => (node < first ? "entry" : `${node}`);
  return {
    id: "graph",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.edgeRouting": "POLYLINE",
      "elk.padding": "[top=4,left=4,bottom=4,right=4]",
      "elk.spacing.nodeNode": "16",
      "elk.spacing.edgeNode": "12",
      "elk.layered.spacing.nodeNodeBetweenLayers": "24",
      "elk.layered.spacing.edgeNodeBetweenLayers": "10",
      // More passes change little about networks, which are nearly chains.
      "elk.layered.thoroughness": last - first > 200 ? "1" : "4",
      ...(piece.long && {
        "elk.layered.wrapping.strategy": "MULTI_EDGE",
        "elk.layered.wrapping.additionalEdgeSpacing": "8",
        "elk.aspectRatio": String(Math.max(1, Math.min(6, aspect))),
      }),
    },
    children: [
      ...(entered
        ? [
            {
              id: "entry",
              width: 1,
              height: 1,
              layoutOptions: { "elk.layered.layering.layerConstraint": "FIRST" },
            },
          ]
        : []),
      ...Array.from({ length: last - first + 1 }, (_, i) => ({
        id: `${first + i}`,
        width: nodeWidth,
        height: nodeHeight,
      })),
    ],
    edges: piece.edges.map((i) => {
      const { from, to } = edges[i] as Edge;
      // Closed modules may feed back: what leads out of a row's beginning is laid out as if it led in.
      const ends = from >= first && to < first ? [to, from] : [from, to];
      return { id: `e${i}`, sources: [id(ends[0] as number)], targets: [id(ends[1] as number)] };
    }),
  };
}

type Edge = Scene["edges"][number];

const enters = ({ from, to }: Edge, piece: Piece) => from < piece.from || to < piece.from;

/** ELK's answers about all pieces, in order, set below one another. */
export function assembled(scene: Scene, pieces: readonly Piece[], answers: readonly ElkNode[]): Layout {
  const places = new Float32Array(2 * scene.nodes.length);
  const lines: Float32Array[] = new Array(scene.edges.length);
  const width = Math.max(0, ...answers.map((answer) => answer.width ?? 0));
  let top = 0;
  pieces.forEach((piece, row) => {
    const answer = answers[row] as ElkNode;
    const lanes = top;
    if (piece.far.length > 0) top += gutter;
    for (const { id, x = 0, y = 0 } of answer.children ?? []) {
      if (id !== "entry") places.set([x, y + top], 2 * Number(id));
    }
    for (const { id, sections = [] } of answer.edges ?? []) {
      const i = Number(id.slice(1));
      const edge = scene.edges[i] as Edge;
      const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) =>
        [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [x, y + top]),
      );
      const first = Math.min(edge.from, edge.to);
      const line = enters(edge, piece) ? [...returning(places, first, width, top), ...points] : points;
      lines[i] = Float32Array.from(edge.to < piece.from ? backwards(line) : line);
    }
    piece.far.forEach((i, nth) => {
      lines[i] = along(places, scene.edges[i] as Edge, lanes + 4 * (nth % (gutter / 4)));
    });
    top += (answer.height ?? 0) + gutter;
  });
  scene.edges.forEach(({ from, to }, i) => {
    if (lines[i] && lines[i].length >= 4) return;
    // A straight line still tells who feeds whom.
    const [x, y] = [places[2 * from] as number, places[2 * from + 1] as number];
    const [u, v] = [places[2 * to] as number, places[2 * to + 1] as number];
    lines[i] = Float32Array.of(x + nodeWidth, y + nodeHeight / 2, u, v + nodeHeight / 2);
  });
  return { width, height: Math.max(0, top - gutter), places, lines };
}

/** From the end of a row back to the beginning of the next: out beside it, between the two, and in again. */
function returning(places: Float32Array, from: number, width: number, top: number): number[] {
  const right = (places[2 * from] as number) + nodeWidth;
  const middle = (places[2 * from + 1] as number) + nodeHeight / 2;
  const between = top - gutter / 2;
  const out = width + gutter / 2;
  return [right, middle, out, middle, out, between, -gutter / 2, between];
}

/** Up between two columns, along a lane above all nodes, and down again before the node that it leads to. */
function along(places: Float32Array, { from, to }: Edge, lane: number): Float32Array {
  const [x, y] = [
    (places[2 * from] as number) + nodeWidth,
    (places[2 * from + 1] as number) + nodeHeight / 2,
  ];
  const [u, v] = [places[2 * to] as number, (places[2 * to + 1] as number) + nodeHeight / 2];
  return Float32Array.of(x, y, x + 8, y, x + 8, lane, u - 8, lane, u - 8, v, u, v);
}

function backwards(points: readonly number[]): number[] {
  const turned: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) turned.push(points[i] as number, points[i + 1] as number);
  return turned;
}
