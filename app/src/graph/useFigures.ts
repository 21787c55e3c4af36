// What every node of a scene shows of its layers, brought up to date as cells come in, not at each of them.

import { useMemo } from "react";
import type { Scene } from "../state/graphScene.ts";
import { useStore } from "../state/store.ts";
import { useCalm } from "../ui/useCalm.ts";
import { figureOf, layersOf, type NodeFigure } from "./nodeFigures.ts";

const calm = 400;

export function useFigures(scene: Scene): readonly (NodeFigure | null)[] {
  const layers = useStore((state) => state.model?.layers);
  const recipe = useStore((state) => state.recipe);
  const cells = useCalm(
    useStore((state) => state.cells),
    calm,
  );
  const predictions = useCalm(
    useStore((state) => state.predictions),
    calm,
  );
  const rows = useMemo(() => layersOf(scene, layers ?? []), [scene, layers]);
  return useMemo(
    () => rows.map((layers) => figureOf(layers, { cells, predictions, recipe })),
    [rows, cells, predictions, recipe],
  );
}
