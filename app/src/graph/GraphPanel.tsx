// The graph's panel: search, what one is on, modules, the drawing; and what is said while there is none.

import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { gradient } from "../charts/colour.ts";
import { useBox } from "../layers/useBox.ts";
import { DataMark } from "../open/DataMark.tsx";
import { goToNode, loadGraph, openAllModules, setModuleOpen, useGraph } from "../state/graph.ts";
import { found } from "../state/graphScene.ts";
import { hasGroups } from "../state/rows/tree.ts";
import { canAsk, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { late } from "../ui/late.ts";
import { PanelState, type StateKind } from "../ui/PanelState.tsx";
import { useDark } from "../ui/theme.ts";
import { GraphFlow } from "./GraphFlow.tsx";
import { SaveGraph } from "./SaveGraph.tsx";
import { useLayout } from "./useLayout.ts";
import "./graph.css";

const GraphTable = late(async () => (await import("./GraphTable.tsx")).GraphTable);

export function GraphPanel() {
  const model = useStore((state) => state.model?.sha256);
  const ready = useStore(() => canAsk());
  const { of, outline, tree, scene, failure, at } = useGraph();
  const [text, setText] = useState("");
  const [fits, setFits] = useState(0);
  const [table, setTable] = useState<boolean | null>(null);
  const room = useRef<HTMLDivElement>(null);
  const box = useBox(room);
  const {
    done,
    failure: layoutFailure,
    again,
  } = useLayout(scene, box.height > 0 ? box.width / box.height : 0);
  const hits = useMemo(
    () => (done && outline ? found(done.scene, outline, text) : []),
    [done, outline, text],
  );
  const dark = useDark();
  const metric = useStore((state) => state.float?.metric ?? "kl");
  useEffect(() => {
    if (model !== undefined && ready && of !== model) void loadGraph();
  }, [model, ready, of]);

  const node = scene?.nodes.find(({ key }) => key === at);
  const next = () => {
    if (!done || hits.length === 0) return;
    const here = done.scene.nodes.findIndex(({ key }) => key === at);
    const to = hits.find((hit) => hit > here) ?? hits[0];
    goToNode(done.scene.nodes[to as number]?.key ?? null);
    setShown((count) => count + 1);
  };
  const [shown, setShown] = useState(0);
  const state = stateOf({
    model,
    failure: failure ?? layoutFailure,
    outline: outline !== null,
    done: done !== null,
  });
  const stale = done !== null && done.scene !== scene;
  return (
    <section className="graph" aria-label="Graph">
      <div className="graph-head">
        <input
          className="field graph-search"
          type="search"
          placeholder="Find a node"
          aria-label="Find a node by name or operator"
          value={text}
          disabled={!done}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") next();
            if (event.key === "Escape") setText("");
          }}
        />
        <span className="graph-count" role="status">
          {text !== "" && `${hits.length} found`}
          {text === "" && stale && "Laying out…"}
        </span>
        <DataMark />
        <nav className="graph-path" aria-label="Modules around the node">
          {node && <Path path={node.module} closed={node.node === null} />}
        </nav>
        <span className="graph-legend">
          <i style={{ background: gradient(dark) }} />
          {metric === "mse" ? "relative squared error" : "KL, nats"}, at the chosen bits
        </span>
        {hasGroups(tree) && (
          <>
            <Button size="small" onClick={() => openAllModules(true)}>
              Open modules
            </Button>
            <Button size="small" onClick={() => openAllModules(false)}>
              Close modules
            </Button>
          </>
        )}
        <Button size="small" disabled={!done} onClick={() => setFits(fits + 1)}>
          Fit
        </Button>
        <Button size="small" disabled={!done} onClick={() => setTable(true)}>
          View as table…
        </Button>
        <SaveGraph drawn={done} />
      </div>
      <div className="graph-room" ref={room} aria-busy={stale || undefined}>
        {state && (
          <PanelState
            kind={state.kind}
            {...(state.kind === "failed" && {
              action: { label: "Try again", act: () => (layoutFailure ? again() : void loadGraph()) },
            })}
          >
            {state.words}
          </PanelState>
        )}
        {!state && done && (
          <GraphFlow scene={done.scene} layout={done.layout} hits={hits} fits={fits} shown={shown} />
        )}
      </div>
      {table !== null && done && outline && (
        <Suspense>
          <GraphTable open={table} onOpenChange={setTable} outline={outline} />
        </Suspense>
      )}
    </section>
  );
}

/** The modules around a node, outermost first: each can be closed. */
function Path({ path, closed }: { readonly path: string; readonly closed: boolean }) {
  const parts = path === "" ? [] : path.split("/");
  const open = closed ? parts.slice(0, -1) : parts;
  return open.map((part, i) => {
    const upTo = parts.slice(0, i + 1).join("/");
    return (
      <Button
        key={upTo}
        kind="plain"
        size="small"
        aria-label={`Close module ${upTo}`}
        title={`Close module ${upTo}`}
        onClick={() => setModuleOpen(upTo, false)}
      >
        {part}
      </Button>
    );
  });
}

function stateOf(of: {
  readonly model: string | undefined;
  readonly failure: string | null;
  readonly outline: boolean;
  readonly done: boolean;
}): { readonly kind: StateKind; readonly words: string } | null {
  if (of.failure !== null) return { kind: "failed", words: of.failure };
  if (of.model === undefined)
    return { kind: "empty", words: "Open a model: here it is drawn as a graph, coloured by what it costs." };
  if (!of.outline) return { kind: "loading", words: "Reading the graph…" };
  return of.done ? null : { kind: "loading", words: "Laying out the graph…" };
}
