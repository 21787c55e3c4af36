// The graph on the page: its outline from the engine, which of its modules are open, and where one is in it. What is selected is
// the page's selection of layers (study.ts).

import type { GraphOutline } from "@bitscape/engine";
import { create } from "zustand";
import { engine, sameStudy } from "./connection.ts";
import { modulesOf, type Scene, sceneOf } from "./graphScene.ts";
import { sentenceOf } from "./notices.ts";
import type { Branch } from "./rows/tree.ts";
import { canAsk, get, useStore } from "./store.ts";

/** Graphs with more nodes show their modules closed at first. */
const many = 400;

export interface GraphState {
  /** Digest of the model that the outline is of. */
  readonly of: string | null;
  readonly outline: GraphOutline | null;
  readonly tree: readonly Branch[];
  readonly scene: Scene | null;
  /** Why there is no outline. */
  readonly failure: string | null;
  /** Whether modules are open that were not toggled. */
  readonly open: boolean;
  readonly toggled: ReadonlySet<string>;
  /** Key of the scene's node that one is on. */
  readonly at: string | null;
}

const nothing: GraphState = {
  of: null,
  outline: null,
  tree: [],
  scene: null,
  failure: null,
  open: true,
  toggled: new Set(),
  at: null,
};

export const useGraph = create<GraphState>()(() => nothing);

// Another network has another graph.
useStore.subscribe((state, before) => {
  if (state.model?.sha256 !== before.model?.sha256) useGraph.setState(nothing);
});

/** Asks the engine for the graph, unless it is there. */
export async function loadGraph(): Promise<void> {
  const sha256 = get().model?.sha256;
  if (sha256 === undefined || useGraph.getState().of === sha256 || !canAsk()) return;
  const same = sameStudy();
  useGraph.setState({ ...nothing, of: sha256 });
  const still = () => same() || get().model?.sha256 === sha256;
  try {
    const outline = await engine().outline();
    if (!still()) return;
    const tree = modulesOf(outline);
    const open = outline.nodes.length <= many;
    useGraph.setState({ outline, tree, open, scene: sceneOf(outline, tree, () => open) });
  } catch (error) {
    if (still()) useGraph.setState({ of: null, failure: sentenceOf(error) });
  }
}

export const goToNode = (at: string | null) => useGraph.setState({ at });

function setModules(change: Pick<GraphState, "open" | "toggled">): void {
  const { outline, tree } = useGraph.getState();
  if (!outline) return;
  const { open, toggled } = change;
  useGraph.setState({ ...change, scene: sceneOf(outline, tree, (path) => open !== toggled.has(path)) });
}

export const openAllModules = (open: boolean) => setModules({ open, toggled: new Set() });

/** Opens a closed module, or closes an open one; one is then on the module, or on the first of its nodes. */
export function setModuleOpen(path: string, wanted: boolean): void {
  const { open, toggled } = useGraph.getState();
  if ((open !== toggled.has(path)) === wanted) return;
  const next = new Set(toggled);
  if (!next.delete(path)) next.add(path);
  setModules({ open, toggled: next });
  const { scene } = useGraph.getState();
  const inside = scene?.nodes.find(({ module }) => module === path || module.startsWith(`${path}/`));
  goToNode(inside?.key ?? null);
}
