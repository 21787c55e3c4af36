// Names of layers as a tree of modules: "/layer1/layer1.0/conv1/Conv" and "layer1.0.conv1" both lie in layer1 > 0. Pure; what of
// the tree is open on the screen is rows/rows.ts. Source of the first form: torch.onnx's scoped names, which repeat the
// module's own name in front of an index.

export interface Leaf {
  readonly kind: "leaf";
  readonly id: string;
  /** What its name says beyond its group's. */
  readonly label: string;
}

export interface Group {
  readonly kind: "group";
  /** From the root, segments joined by "/": unique among groups. */
  readonly path: string;
  /** What its path says beyond its parent's. */
  readonly label: string;
  readonly children: readonly Branch[];
  /** All leaves below, in order. */
  readonly ids: readonly string[];
}

export type Branch = Leaf | Group;

/** The parts of a layer's name, outermost first; at least one. */
export function segmentsOf(id: string): string[] {
  const parts = id.split("/").filter(Boolean);
  const segments = parts.flatMap((part, i) => {
    const before = parts[i - 1];
    const own = before !== undefined && part.startsWith(`${before}.`) ? part.slice(before.length + 1) : part;
    return own.split(".").filter(Boolean);
  });
  return segments.length > 0 ? segments : [id];
}

interface Sprout {
  readonly path: string;
  readonly segment: string;
  readonly groups: Map<string, Sprout>;
  /** Leaves and groups as they first appear. */
  readonly order: (Leaf | Sprout)[];
}

/**
 * The tree of some names, siblings in the order in which they first appear. Groups with nothing but one group in them are one
 * with it; a group of one leaf is that leaf; a root that holds all is left out.
 */
export function treeOf(ids: readonly string[], segments: (id: string) => string[] = segmentsOf): Branch[] {
  const root = sprout("", "");
  for (const id of ids) {
    const parts = segments(id);
    let at = root;
    for (const segment of parts.slice(0, -1)) {
      let next = at.groups.get(segment);
      if (!next) {
        next = sprout(at.path === "" ? segment : `${at.path}/${segment}`, segment);
        at.groups.set(segment, next);
        at.order.push(next);
      }
      at = next;
    }
    at.order.push({ kind: "leaf", id, label: parts.at(-1) as string });
  }
  const branches = root.order.map((each) => grown(each));
  const [only] = branches;
  return branches.length === 1 && only?.kind === "group" ? [...only.children] : branches;
}

const sprout = (path: string, segment: string): Sprout => ({ path, segment, groups: new Map(), order: [] });

function grown(from: Leaf | Sprout): Branch {
  if ("kind" in from) return from;
  const children = from.order.map(grown);
  const [only] = children;
  if (children.length === 1 && only) return { ...only, label: `${from.segment}/${only.label}` };
  const ids = children.flatMap((child) => (child.kind === "leaf" ? [child.id] : child.ids));
  return { kind: "group", path: from.path, label: from.segment, children, ids };
}

/** Whether a tree has any groups. */
export const hasGroups = (tree: readonly Branch[]) => tree.some(({ kind }) => kind === "group");

/** The groups that a leaf lies in, outermost first. */
export function groupsAbove(tree: readonly Branch[]): ReadonlyMap<string, readonly string[]> {
  const above = new Map<string, readonly string[]>();
  const visit = (branch: Branch, paths: readonly string[]) => {
    if (branch.kind === "leaf") above.set(branch.id, paths);
    else for (const child of branch.children) visit(child, [...paths, branch.path]);
  };
  for (const branch of tree) visit(branch, []);
  return above;
}
