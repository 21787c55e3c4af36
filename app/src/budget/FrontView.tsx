// The front of size and loss: its chart, what its marks are, and the way to save it.

import { useEffect, useMemo, useRef } from "react";
import { DraftMark, FrontChart, LimitMark, type OwnMark } from "../charts/FrontChart.tsx";
import type { FrontScale } from "../charts/frontScale.ts";
import type { Stop } from "../charts/frontStops.ts";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { formatTitle } from "../layers/formats.ts";
import { look, type Point, take, useAlong } from "../state/budget/along.ts";
import { useBudget } from "../state/budget/store.ts";
import { withBits } from "../state/edits.ts";
import { get, useStore } from "../state/store.ts";
import { csv } from "../ui/csv.ts";
import { lookedWords } from "./lookedWords.ts";
import "./frontView.css";

/** What moves with the slider, drawn by itself. */
function Moving({ scale }: { readonly scale: FrontScale }) {
  const draft = useBudget((state) => state.draft?.value ?? null);
  const dragged = useBudget((state) => state.dragged);
  const most = useStore((state) => state.limits.most);
  const { bytes } = dragged ?? most;
  return (
    <>
      {bytes !== undefined && <LimitMark bytes={bytes} scale={scale} />}
      {draft && <DraftMark bytes={draft.bytes} value={draft.predicted.value} scale={scale} />}
    </>
  );
}

const nothing: never[] = [];

export function FrontView({ own }: { readonly own: OwnMark | null }) {
  const fronts = useBudget((state) => state.fronts);
  const joints = useStore((state) => state.joints);
  const metric = useStore((state) => (state.float?.metric === "mse" ? "MSE" : "KL"));
  const drawing = useRef<SVGSVGElement>(null);
  const uniform = useMemo(
    () =>
      (fronts?.uniform ?? []).flatMap(({ key, bytes, predicted, allowed }) =>
        predicted ? [{ name: nameOf(key), bytes, value: predicted.value, allowed, key }] : [],
      ),
    [fronts],
  );
  const measured = useMemo(
    () => joints.map(({ recipe, bytes, score }) => ({ bytes, value: score.divergence.value, recipe })),
    [joints],
  );
  const looked = useAlong((state) => state.looked);
  useEffect(() => () => look(null), []);
  const front = fronts?.front ?? nothing;
  const pointOf = ({ kind, index, bytes }: Stop): Point => {
    if (kind === "front") return { bytes };
    const recipe = kind === "measured" ? measured[index]?.recipe : undefined;
    return { recipe: recipe ?? uniformly(uniform[index]?.key ?? "") };
  };
  return (
    <div className="front">
      <FrontChart
        front={front}
        uniform={uniform}
        measured={measured}
        own={own}
        moving={Moving}
        unit={metric}
        about={looked && lookedWords(looked)}
        drawing={drawing}
        onLook={(stop) => look(stop && pointOf(stop))}
        onPick={(stop) => take(pointOf(stop))}
      />
      <div className="front-foot">
        <p className="front-legend">
          <i data-mark="line" /> front, predicted
          <i data-mark="uniform" /> uniform
          <i data-mark="measured" /> measured
          <i data-mark="own" /> this recipe
        </p>
        <SaveMenu
          label="Save the front"
          name={`front-${metric.toLowerCase()}`}
          title={`Size of the file and ${metric} to the float network`}
          source={`line: the front, predicted; squares: uniform; dots: ${joints.length} recipes measured; ring: this recipe`}
          picture={() => drawing.current}
          csv={() =>
            csv([
              ["mark", "name", "bytes", metric],
              ...front.map(({ bytes, value }) => ["front", "predicted", Math.round(bytes), value]),
              ...uniform.map(({ key, bytes, value }) => ["uniform", key, bytes, value]),
              ...joints.map(({ bytes, score: { divergence } }, i) => [
                ...["measured", `recipe ${i + 1}, n=${divergence.n}`],
                ...[bytes, divergence.value],
              ]),
            ])
          }
          compact
        />
      </div>
    </div>
  );
}

/** The present recipe with all weights in one column. */
function uniformly(key: string) {
  const { recipe, model } = get();
  return withBits(recipe, model?.layers ?? [], "weight", /^\d+$/.test(key) ? Number(key) : key);
}

/** "4", "NF4": a column in few letters. */
const nameOf = (key: string) => (/^\d+$/.test(key) ? key : formatTitle(key));
