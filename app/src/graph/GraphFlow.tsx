// The drawing: it is moved and scaled by React Flow, its nodes near what is seen are elements, all else is on a canvas below.
// One is on one node at a time, as in a list; arrow keys walk along the edges.

import { ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from "react";
import { useBox } from "../layers/useBox.ts";
import { goToNode, setModuleOpen, useGraph } from "../state/graph.ts";
import { neighboursOf, type Scene, type SceneNode } from "../state/graphScene.ts";
import { useArranged } from "../state/rows/grouping.ts";
import { useStore } from "../state/store.ts";
import { select, selectedIds } from "../state/study.ts";
import { useDark } from "../ui/theme.ts";
import { GraphNode } from "./GraphNode.tsx";
import type { Layout } from "./layout.ts";
import { paintGraph, type View } from "./paintGraph.ts";
import { useFigures } from "./useFigures.ts";
import { useFlowNodes } from "./useFlowNodes.ts";
import { fitting, useMovement } from "./useMovement.ts";
import { useSeen } from "./useSeen.ts";
import { isArrow, walk } from "./walk.ts";
import "@xyflow/react/dist/base.css";
import "./graph.css";

const nodeTypes = { node: GraphNode };

interface Props {
  readonly scene: Scene;
  readonly layout: Layout;
  /** Nodes that are searched for. */
  readonly hits: readonly number[];
  /** Changes when all is to be seen, and when the node that one is on is. */
  readonly fits: number;
  readonly shown: number;
}

export const GraphFlow = (props: Props) => (
  <ReactFlowProvider>
    <Drawing {...props} />
  </ReactFlowProvider>
);

function Drawing({ scene, layout, hits, fits, shown }: Props) {
  const dark = useDark();
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const unit = metric === "mse" ? "relative squared error" : "nats KL";
  const selected = useStore((state) => state.selected);
  const rangeEnd = useStore((state) => state.rangeEnd);
  const { order } = useArranged();
  const key = useGraph((state) => state.at);
  const pane = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useBox(pane);
  const room = useMemo(() => ({ width, height }), [width, height]);
  const figures = useFigures(scene);
  const neighbours = useMemo(() => neighboursOf(scene), [scene]);
  const marked = useMemo(
    () => new Set(selectedIds(order, selected, rangeEnd).flatMap((id) => scene.nodeOf.get(id) ?? [])),
    [order, selected, rangeEnd, scene],
  );
  const indices = useMemo(() => new Map(scene.nodes.map((node, i) => [node.key, i])), [scene]);
  const hitSet = useMemo(() => new Set(hits), [hits]);
  const looked = rangeEnd ?? selected;
  const chosen = looked === null ? undefined : scene.nodeOf.get(looked);
  const at = (key === null ? undefined : indices.get(key)) ?? chosen ?? 0;

  // ── what is seen
  const picture = useMemo(
    () => ({ scene, layout, figures, selected: marked, at, hits: hitSet, dark }),
    [scene, layout, figures, marked, at, hitSet, dark],
  );
  const view = useRef<View>({ x: 0, y: 0, zoom: 1 });
  const latest = useRef({ picture, room });
  latest.current = { picture, room };
  const frame = useRef(0);
  const boxes = useRef(false);
  const draw = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const { picture, room } = latest.current;
      if (canvas.current)
        paintGraph(canvas.current, picture, view.current, room.width, room.height, boxes.current);
    });
  }, []);
  const onView = useCallback(
    (now: View) => {
      view.current = now;
      draw();
    },
    [draw],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read when it is drawn
  useEffect(draw, [draw, picture, room]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const { nodes: seen, growing } = useSeen(layout, room, onView);
  boxes.current = growing;
  // biome-ignore lint/correctness/useExhaustiveDependencies: boxes come and go with it
  useEffect(draw, [draw, growing]);

  const show = useMovement({ layout, room, view, at, fits, shown });

  // Selected elsewhere: in the heatmap.
  const before = useRef(looked);
  useEffect(() => {
    if (before.current === looked) return;
    before.current = looked;
    const node = chosen === undefined ? undefined : scene.nodes[chosen];
    if (chosen === undefined || !node || useGraph.getState().at === node.key) return;
    goToNode(node.key);
    show(chosen);
  }, [looked, chosen, scene, show]);

  // ── what is done
  const wantsFocus = useRef(false);
  useEffect(() => {
    let waiting = 0;
    // React Flow draws its nodes after this.
    const look = () => {
      if (!wantsFocus.current) return;
      const button = pane.current?.querySelector<HTMLElement>('.graph-node[tabindex="0"]');
      // While a module is being opened, what one is on is not in the drawing yet.
      if (button?.dataset.key === useGraph.getState().at) button?.focus({ preventScroll: true });
      if (button?.dataset.key === useGraph.getState().at && document.activeElement === button)
        wantsFocus.current = false;
      else waiting = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(waiting);
  });
  const pick = useCallback((node: SceneNode) => {
    goToNode(node.key);
    if (node.node === null) {
      wantsFocus.current = true;
      setModuleOpen(node.module, true);
    } else if (node.layers[0] !== undefined) select(node.layers[0]);
  }, []);
  const goTo = (node: number) => {
    const target = scene.nodes[node];
    if (!target) return;
    goToNode(target.key);
    wantsFocus.current = true;
    if (target.node && target.layers[0] !== undefined) select(target.layers[0]);
    show(node);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const node = scene.nodes[at];
    if (isArrow(event.key)) {
      event.preventDefault();
      goTo(walk(at, event.key, neighbours, layout));
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      goTo(event.key === "Home" ? 0 : scene.nodes.length - 1);
    } else if ((event.key === "-" || event.key === "Backspace") && node && node.module !== "") {
      event.preventDefault();
      wantsFocus.current = true;
      setModuleOpen(node.module, false);
    } else if (event.key === "Enter" && node?.node && node.layers[0] !== undefined) {
      event.preventDefault();
      select(node.layers[0]);
      document.querySelector<HTMLElement>("section.inspector")?.focus();
    }
  };

  const nodes = useFlowNodes({
    scene,
    layout,
    figures,
    seen,
    selected: marked,
    hits: hitSet,
    at,
    dark,
    unit,
    onPick: pick,
  });

  return (
    // biome-ignore lint/a11y/useSemanticElements: a set of fields is for forms
    <div
      ref={pane}
      className="graph-pane"
      role="group"
      aria-label={`Graph of ${scene.nodes.length} nodes; arrow keys walk along its edges`}
      onKeyDown={onKeyDown}
      onFocus={() => {
        // Only the drawing moves, never what it is in.
        pane.current?.scrollTo(0, 0);
        for (const element of pane.current?.querySelectorAll(scrollable) ?? []) element.scrollTo(0, 0);
      }}
    >
      <canvas ref={canvas} className="graph-canvas" style={{ width, height }} />
      <ReactFlow
        nodes={nodes}
        edges={none}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={Math.min(0.35, 0.9 * fitting(layout, room))}
        maxZoom={2}
      />
    </div>
  );
}

const none: never[] = [];

const scrollable = ".react-flow, .react-flow__renderer, .react-flow__pane";
