// Saves the whole graph, not only the part that is seen.

import { heatKey } from "../charts/colourKey.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import type { Scene } from "../state/graphScene.ts";
import { get, useStore } from "../state/store.ts";
import { graphCsv, graphPicture } from "./graphPicture.ts";
import type { Layout } from "./layout.ts";
import { figureOf, layersOf } from "./nodeFigures.ts";

interface Props {
  /** What is drawn; null while nothing is. */
  readonly drawn: { readonly scene: Scene; readonly layout: Layout } | null;
}

export function SaveGraph({ drawn }: Props) {
  const name = useStore((state) => state.model?.name ?? "");
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const unit = metric === "mse" ? "relative squared error" : "KL to float, nats";
  const figures = (scene: Scene) => {
    const state = get();
    return layersOf(scene, state.model?.layers ?? []).map((layers) => figureOf(layers, state));
  };
  return (
    <SaveMenu
      label="Save the graph"
      name={`${name.replace(/\.onnx$/i, "")}.graph`}
      title={`The graph of ${name}`}
      source="bits as chosen; solid where measured, hatched where predicted"
      picture={(dark) => drawn && graphPicture(drawn.scene, drawn.layout, figures(drawn.scene), dark, unit)}
      colours={(dark) => heatKey(`${unit}, of the worst tensor at its chosen bits`, dark)}
      csv={() => (drawn ? graphCsv(drawn.scene, figures(drawn.scene)) : "")}
      disabled={drawn === null}
    />
  );
}
