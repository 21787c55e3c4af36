// One method: what it is, how its trial stands, and what can be done with it.

import type { Recipe } from "@bitscape/engine";
import { applyTrial, standingOfTrial, stopMethod, type Trial, tryMethods } from "../state/methods.ts";
import { edit, endGesture, undo } from "../state/study.ts";
import { Button } from "../ui/Button.tsx";
import { Meter } from "../ui/Meter.tsx";
import { Figures } from "./Figures.tsx";
import type { Span } from "./GainScale.tsx";
import type { Method } from "./method.ts";
import { outcomeOf, stepWords } from "./words.ts";

interface Props {
  readonly method: Method;
  readonly trial: Trial | undefined;
  readonly recipe: Recipe;
  /** Of the present recipe. */
  readonly recipeKey: string;
  /** Why it has nothing to do here. */
  readonly unsuited: string | undefined;
  /** It waits for its turn. */
  readonly waiting: boolean;
  readonly span: Span | null;
  /** Its place among those that were tried; undefined where they are not ranked. */
  readonly rank: number | undefined;
}

export function MethodRow(props: Props) {
  const { method, trial, recipe, recipeKey, unsuited, waiting, span, rank } = props;
  const standing = trial && standingOfTrial(trial, recipeKey);
  const running = trial?.phase === "proposing" || trial?.phase === "measuring";
  const inside = method.inside?.has(recipe) ?? false;
  const stale = standing === "stale" && !running;
  const shown = trial?.contrast ?? null;
  return (
    <tr data-stale={stale || undefined} data-unsuited={(unsuited !== undefined && !shown) || undefined}>
      <th scope="row" className="method-name">
        <span className="method-title">
          {rank !== undefined && <span className="method-rank">{rank}</span>}
          {method.title}
          {inside && (
            <span className="badge" data-kind="good">
              in the recipe
            </span>
          )}
        </span>
        <span className="method-summary">{method.summary}</span>
        <details className="method-source">
          <summary>Reference</summary>
          {method.reference}
        </details>
      </th>
      {shown ? (
        <Figures contrast={shown} span={span} />
      ) : (
        <td colSpan={4} className="method-state">
          <State method={method} trial={trial} unsuited={inside ? undefined : unsuited} waiting={waiting} />
        </td>
      )}
      <td className="method-actions">
        {running && trial && (
          <div className="method-running" role="status">
            <span>{stepWords(trial)}</span>
            <Meter label={`${method.title}: ${stepWords(trial)}`} done={trial.share} total={1} />
          </div>
        )}
        {stale && <p className="quiet">Tried on an earlier recipe.</p>}
        {shown && trial?.phase === "failed" && <p className="failure">{trial.sentence}</p>}
        {shown && trial?.phase === "cancelled" && <p className="quiet">Cancelled: what is known is shown.</p>}
        <div className="method-buttons">
          <Actions {...props} inside={inside} running={running} standing={standing} />
        </div>
      </td>
    </tr>
  );
}

/** Where there are no figures yet. */
function State({
  method,
  trial,
  unsuited,
  waiting,
}: Pick<Props, "method" | "trial" | "unsuited" | "waiting">) {
  if (trial?.phase === "failed")
    return (
      <p className="failure" role="alert">
        {trial.sentence}
      </p>
    );
  if (waiting) return <p className="quiet">Waits for its turn.</p>;
  if (unsuited !== undefined) return <p className="quiet">{unsuited}</p>;
  if (trial?.phase === "cancelled") return <p className="quiet">Cancelled before anything was measured.</p>;
  if (trial) return null;
  return (
    <p className="quiet">
      {method.kind === "allocation" ? "Not tried: it needs a while." : "Not tried on this recipe."}
    </p>
  );
}

function Actions({
  method,
  trial,
  recipe,
  unsuited,
  waiting,
  inside,
  running,
  standing,
}: Props & {
  readonly inside: boolean;
  readonly running: boolean;
  readonly standing: "fresh" | "applied" | "stale" | undefined;
}) {
  const name = (words: string) => `${words}: ${method.title}`;
  if (running || waiting)
    return (
      <Button size="small" aria-label={name("Cancel")} onClick={() => stopMethod(method.id)}>
        Cancel
      </Button>
    );
  if (standing === "applied")
    return (
      <Button size="small" aria-label={name("Undo")} onClick={undo}>
        Undo
      </Button>
    );
  if (inside && method.inside) {
    const { without } = method.inside;
    const remove = () => {
      edit(without(recipe));
      endGesture();
    };
    return (
      <Button size="small" aria-label={name("Remove")} onClick={remove}>
        Remove
      </Button>
    );
  }
  const whole = trial?.phase === "done" && standing === "fresh";
  return (
    <>
      {whole && trial && (
        <Button
          size="small"
          kind={trial.contrast && outcomeOf(trial.contrast) === "better" ? "primary" : "normal"}
          aria-label={name("Apply")}
          onClick={() => applyTrial(trial)}
        >
          Apply
        </Button>
      )}
      {!whole && (
        <Button
          size="small"
          disabled={unsuited !== undefined}
          aria-label={name(trial ? "Try again" : "Try")}
          onClick={() => void tryMethods([method])}
        >
          {trial ? "Try again" : "Try"}
        </Button>
      )}
    </>
  );
}
