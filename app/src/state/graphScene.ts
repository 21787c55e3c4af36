// What of a network's graph is drawn: its nodes, with closed modules as one node each, and the edges between them. Pure. Where
// they are drawn is graph/layout.ts.

import type { GraphOutline, OutlineNode } from "@bitscape/engine";
import { type Branch, segmentsOf, treeOf } from "./rows/tree.ts";

export interface SceneNode {
  /** Unique in the scene: a node's id, or `module PATH`. */
  readonly key: string;
  /** What is written on it: the end of the name. */
  readonly label: string;
  /** Operator; of a module, how many nodes it holds. */
  readonly op: string;
  /** The node; null for a closed module. */
  readonly node: OutlineNode | null;
  /** Path of the module it stands for, or of the innermost one around it; "" at the top. */
  readonly module: string;
  /** Ids of the rows of the heatmap that it stands for; each once. */
  readonly layers: readonly string[];
}

export interface Scene {
  readonly nodes: readonly SceneNode[];
  /** Pairs of indices into the nodes; each once, none from a node to itself. */
  readonly edges: readonly { readonly from: number; readonly to: number }[];
  /** Index of the scene's node that stands for each row of the heatmap. */
  readonly nodeOf: ReadonlyMap<string, number>;
  /** Index of the scene's node for each of the outline's. */
  readonly drawn: readonly number[];
}

/** Modules of a graph by name; its own inputs and outputs are in none. */
export function modulesOf({ nodes }: GraphOutline): Branch[] {
  const own = new Set(nodes.flatMap(({ id, op }) => (op === "Input" || op === "Output" ? [id] : [])));
  return treeOf(
    nodes.map(({ id }) => id),
    (id) => (own.has(id) ? [id] : segmentsOf(id)),
  );
}

/** @param isOpen whether a module's nodes are drawn, or it alone */
export function sceneOf(
  outline: GraphOutline,
  tree: readonly Branch[],
  isOpen: (path: string) => boolean,
): Scene {
  const named = new Map(outline.nodes.map((node, i) => [node.id, i]));
  const nodes: SceneNode[] = [];
  const drawn = new Array<number>(outline.nodes.length).fill(-1);
  const nodeOf = new Map<string, number>();
  const add = (node: SceneNode, ids: readonly string[]) => {
    const inside = new Set(ids);
    for (const id of ids) drawn[named.get(id) as number] = nodes.length;
    // A row may have several nodes, which share its weights: it is where its own node is.
    for (const id of node.layers) if (inside.has(id) || !nodeOf.has(id)) nodeOf.set(id, nodes.length);
    nodes.push(node);
  };
  const visit = (branch: Branch, module: string) => {
    if (branch.kind === "leaf") {
      const node = outline.nodes[named.get(branch.id) as number] as OutlineNode;
      const layers = node.layer === undefined ? [] : [node.layer];
      add({ key: node.id, label: plain(branch.label), op: node.op, node, module, layers }, [node.id]);
    } else if (isOpen(branch.path)) {
      for (const child of branch.children) visit(child, branch.path);
    } else {
      const { path, label, ids } = branch;
      const layers = ids.flatMap((id) => outline.nodes[named.get(id) as number]?.layer ?? []);
      add(
        {
          key: `module ${path}`,
          label,
          op: `${ids.length} nodes`,
          node: null,
          module: path,
          layers: [...new Set(layers)],
        },
        ids,
      );
    }
  };
  for (const branch of tree) visit(branch, "");
  const seen = new Set<number>();
  const edges = outline.edges.flatMap((edge) => {
    const [from, to] = [drawn[edge.from] as number, drawn[edge.to] as number];
    const pair = from * nodes.length + to;
    if (from === to || seen.has(pair)) return [];
    seen.add(pair);
    return [{ from, to }];
  });
  return { nodes, edges, nodeOf, drawn };
}

const plain = (label: string) => label.replace(/^(input|output):/, "");

export interface Neighbours {
  /** For each node, indices of those that feed it and of those that it feeds. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

export function neighboursOf({ nodes, edges }: Scene): Neighbours {
  const before = nodes.map((): number[] => []);
  const after = nodes.map((): number[] => []);
  for (const { from, to } of edges) {
    after[from]?.push(to);
    before[to]?.push(from);
  }
  return { before, after };
}

/** Indices of nodes whose name, module or operator contains all of the words. */
export function found({ nodes, drawn }: Scene, outline: GraphOutline, text: string): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits = new Set<number>();
  outline.nodes.forEach(({ id, op }, i) => {
    const within = `${id} ${op}`.toLowerCase();
    if (words.every((word) => within.includes(word))) hits.add(drawn[i] as number);
  });
  return nodes.flatMap((_, i) => (hits.has(i) ? [i] : []));
}
