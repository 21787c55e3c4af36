// How other tools find a network's layers: by the names of nodes and tensors in the file as it was read. Ours may be of a
// simplified graph, and of nodes that have no name there: scripts give those ours first (Python below), so that both mean one.

import type { Constant } from "@bitscape/graph";
import type { Network } from "../network/network.ts";

export interface Naming {
  /** Ids of the nodes of the file's outermost graph: their names, or those that a script gives them. */
  readonly nodes: ReadonlySet<string>;
  readonly tensors: ReadonlySet<string>;
  /** By first output, the id of nodes without a name of their own: with none at all, or with that of another. */
  readonly given: Readonly<Record<string, string>>;
  /** Whether a weight is in the file with the very values that the network has: none is that a normalisation went into. */
  readonly holds: (weight: string) => boolean;
}

export function namingOf({ original, model }: Pick<Network, "original" | "model">): Naming {
  const { nodes, constants, inputs } = original.graph;
  const unnamed = nodes.filter(({ id, name, outputs }) => id !== name && outputs[0] !== undefined);
  return {
    nodes: new Set(nodes.map(({ id }) => id)),
    tensors: new Set([
      ...constants.keys(),
      ...inputs.map(({ name }) => name),
      ...nodes.flatMap(({ outputs }) => outputs),
    ]),
    given: Object.fromEntries(unnamed.map(({ id, outputs }) => [outputs[0] as string, id])),
    holds: (weight) => same(constants.get(weight), model.graph.constants.get(weight)),
  };
}

function same(a: Constant | undefined, b: Constant | undefined): boolean {
  if (!a || !b || a.dtype !== b.dtype || a.byteLength !== b.byteLength) return false;
  if (a === b) return true;
  const [one, other] = [a.bytes(), b.bytes()];
  return one.every((byte, i) => byte === other[i]);
}

/** A JSON value as a raw Python string literal: no name can hold three quotes after JSON has escaped them. */
export const pythonJson = (value: unknown) =>
  `json.loads(r"""${JSON.stringify(value, null, 1).replaceAll('"""', '\\u0022""')}""")`;

/** Python: `named(model)` gives nodes the names that the rest of the script has for them. */
export const namedPython = ({ given }: Naming) => `NAMES = ${pythonJson(given)}


def named(model):
    # Nodes without a name of their own, by their first output.
    for node in model.graph.node:
        node.name = NAMES.get(node.output[0] if node.output else "", node.name)
    return model`;

/** Python: `samples(path, inputs, count)` reads an .npz with an array for each input, first axis samples. */
export const samplesPython = `def samples(path, inputs, count):
    arrays = np.load(path)
    size = min([count] + [len(arrays[name]) for name in inputs])
    return [{name: arrays[name][i : i + 1] for name in inputs} for i in range(size)]


def inputs_of(graph):
    constants = {each.name for each in graph.initializer}
    return [each.name for each in graph.input if each.name not in constants]`;

/** The head of a script: what it was written for, how it is called, what it cannot hold. */
export function headOf(
  { name, sha256 }: Pick<Network, "name" | "sha256">,
  usage: readonly string[],
  left: readonly string[],
): string {
  const missing = left.map((sentence) => `#   ${oneLine(sentence)}`);
  return [
    `# Written by Bitscape for ${oneLine(name)} (SHA-256 ${sha256}).`,
    ...usage.map((line) => `# ${oneLine(line)}`),
    ...(missing.length > 0
      ? ["# Not in it, or not as the recipe has it:", ...missing]
      : ["# Everything of the recipe is in it."]),
  ].join("\n");
}

/** Names are written by others: a line break in one must not end a comment. */
const oneLine = (text: string) => text.replace(/\s+/g, " ");
