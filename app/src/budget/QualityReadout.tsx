// How well the network does: float → predicted for the recipe → measured for the recipe; by divergence without labels.

import { type Finding, type RepairName, recipeKey, unforeseenIn } from "@bitscape/engine";
import { useMemo } from "react";
import { knownJoints } from "../state/budget/joints.ts";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { shown } from "../state/sweep/known.ts";
import { corrected, type Prediction, predict } from "../state/sweep/prediction.ts";
import { ArrowIcon } from "../ui/icons.tsx";
import {
  formatAccuracyFinding,
  formatCount,
  formatDivergence,
  formatDivergenceFinding,
  formatPercent,
} from "../ui/numbers.ts";
import { terms } from "../ui/terms.ts";
import { Figure } from "./Figure.tsx";

export function QualityReadout() {
  const model = useStore((state) => state.model);
  const recipe = useStore((state) => state.recipe);
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const float = useStore((state) => state.float);
  const measured = useStore((state) => state.measured);
  const measuring = useStore((state) => state.measuring);
  const guessed = useStore((state) => state.data?.labelOrigin === "answers");
  const synthetic = useStore((state) => state.data?.kind === "synthetic") || guessed;
  const cannotRun = useStore((state) => state.data?.cannotRun !== undefined);
  const key = useMemo(() => recipeKey(recipe), [recipe]);
  const expected = useBudget((state) => (state.expected?.key === key ? state.expected.value : null));
  const joints = useStore((state) => state.joints);
  const taught = useMemo(() => knownJoints({ joints, recipe }).length > 0, [joints, recipe]);
  const sum = useMemo(
    () =>
      model ? predict(model.layers, recipe, (cell) => shown(cell, cells, predictions), float, key) : null,
    [model, recipe, cells, predictions, float, key],
  );
  const prediction = sum && corrected(sum, expected, float);
  // Nothing is ever measured of a network that is too large to run here.
  if (!model || !prediction || cannotRun) return null;
  const byTop1 = Boolean(float?.top1);
  const write = byTop1 ? formatAccuracyFinding : formatDivergenceFinding;
  // Accuracy is told once it is known how it falls; until then the divergence is.
  const asTop1 = byTop1 && prediction.top1 !== null;
  const predicted = asTop1 ? prediction.top1 : prediction.divergence;
  // A measured recipe with the same repairs has taught what they do to the divergence; nothing says it of the accuracy.
  const without = asTop1 || !taught || !expected ? unforeseenIn(recipe) : [];
  const found = byTop1 ? measured?.value.top1 : measured?.value.divergence;
  const stale = measured !== null && measured.key !== key;
  const metric = float?.metric === "mse" ? "mse" : "kl";
  const unit = metric === "mse" ? "relative squared error" : "KL, nats";
  const what = byTop1 ? (guessed ? "agreement" : "top-1") : unit;
  return (
    <section
      className="readout"
      aria-label={
        byTop1
          ? guessed
            ? "Agreement with its own answers"
            : "Top-1 accuracy"
          : "Divergence from the float network"
      }
    >
      {byTop1 && float?.top1 && (
        <>
          <Figure
            kind="float"
            value={`${formatPercent(float.top1.value)} %`}
            note="float top-1"
            tip={`Float network: ${describe(float.top1, write)}. ${terms.top1}`}
          />
          <ArrowIcon />
        </>
      )}
      <Figure
        kind="predicted"
        value={predicted ? (asTop1 ? write(predicted) : formatDivergence(predicted.value)) : "…"}
        note={`${asTop1 ? "" : `${unit} `}${predictionNote(prediction, without)}`}
        tip={predictionTip(predicted, asTop1 ? write : formatDivergenceFinding, prediction, without)}
        synthetic={synthetic}
      />
      <ArrowIcon />
      <Figure
        value={found ? write(found) : "…"}
        note={measuredNote(found ?? null, stale, measuring, measured?.value.done ?? false)}
        stale={stale}
        synthetic={synthetic}
        tip={
          found
            ? `${stale ? "Of an earlier recipe" : "The whole recipe simulated"}: ${what} ${describe(found, write)}. ${byTop1 ? "" : terms[metric]}`
            : "The whole recipe has not been measured yet"
        }
      />
    </section>
  );
}

const describe = (finding: Finding, write: (finding: Finding) => string) =>
  `${write(finding)}, 95 % interval, n=${formatCount(finding.n)}`;

function measuredNote(found: Finding | null, stale: boolean, measuring: boolean, done: boolean): string {
  if (!found) return measuring ? "measuring" : "measured";
  if (stale) return "stale";
  return `${done ? "measured" : "measuring"}, n=${formatCount(found.n)}`;
}

type Blind = Pick<Prediction, "unknown" | "departing">;

function predictionNote({ unknown, departing }: Blind, without: readonly RepairName[]): string {
  const parts = [`${departing ? "roughly " : ""}predicted${without.length > 0 ? " without repairs" : ""}`];
  if (unknown) parts.push(`${unknown} unknown`);
  return parts.join(", ");
}

function predictionTip(
  predicted: Finding | null,
  write: (finding: Finding) => string,
  { unknown, departing }: Blind,
  without: readonly RepairName[],
): string {
  if (!predicted) return "Predicted once the chosen cells are known";
  const parts = [
    `Predicted: ${write(predicted)}, 95 % interval, n≥${formatCount(predicted.n)}: from what each chosen cell costs alone, and what measured recipes have taught. Layers interact, so it is measured too.`,
  ];
  if (unknown) parts.push(`${unknown} chosen cells are not known yet and left out.`);
  if (without.length > 0)
    parts.push(
      `What ${without.map((name) => name.replaceAll("-", " ")).join(" and ")} does to the whole recipe is not in it: the measured figure has it.`,
    );
  if (departing)
    parts.push(
      `${departing} schemes differ from those of the measured cells beyond their bits, so this is rough.`,
    );
  return parts.join(" ");
}
