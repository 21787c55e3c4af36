// Equal constants as one: what was folded twice (a weight sliced in both branches of an If) is kept once. Only for the
// constants named, since weights of two layers that happen to be equal are two decisions.

import type { Constant } from "../constant.ts";
import type { Graph } from "../graph.ts";
import { renameReads } from "./rename.ts";

/** Larger constants of the file are not read again to be compared. */
const LARGEST_READ = 2 ** 24;

/** The graph with each named constant dropped that equals another; readers read that one. */
export function shareConstants(graph: Graph, made: ReadonlySet<string>): Graph {
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const groups = new Map<string, Constant[]>();
  // What the file held itself comes first, and stays.
  const own = [...graph.constants.values()].filter(
    (each) => !made.has(each.name) && each.byteLength <= LARGEST_READ,
  );
  const folded = [...graph.constants.values()].filter((each) => made.has(each.name));
  const alias = new Map<string, string>();
  const keyOf = ({ dtype, shape }: Constant) => `${dtype} ${shape.join()}`;
  const wanted = new Set(folded.map(keyOf));
  for (const constant of [...own, ...folded]) {
    const key = keyOf(constant);
    if (!wanted.has(key) || constant.dtype === "string") continue;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const free = made.has(constant.name) && !outputs.has(constant.name);
    const twin = free ? group.find((other) => equal(other, constant)) : undefined;
    if (twin) alias.set(constant.name, twin.name);
    else group.push(constant);
  }
  if (alias.size === 0) return graph;
  const nodes = graph.nodes.map((node) => renameReads(node, (name) => alias.get(name) ?? name));
  const constants = new Map([...graph.constants].filter(([name]) => !alias.has(name)));
  return { ...graph, nodes, constants };
}

function equal(a: Constant, b: Constant): boolean {
  const [x, y] = [a.bytes(), b.bytes()];
  if (x === y) return true;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return x.length === y.length;
}
