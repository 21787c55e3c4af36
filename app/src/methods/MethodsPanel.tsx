// Methods of the literature, tried on the present recipe: what each does to it on held-out samples, side by side, and which is
// worth applying.

import { recipeKey } from "@bitscape/engine";
import { useEffect, useMemo } from "react";
import { lossUnit } from "../landscape/readings.ts";
import { DataMark } from "../open/DataMark.tsx";
import { inputOf, keepMethods, stopMethods, tryMethods, useMethods } from "../state/methods.ts";
import { get, useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatCount } from "../ui/numbers.ts";
import { type Span, spanOf } from "./GainScale.tsx";
import { MethodRow } from "./MethodRow.tsx";
import type { Method } from "./method.ts";
import { methodGroups } from "./table.ts";
import "./methods.css";

const everyMethod = methodGroups.flatMap(({ methods }) => methods);

export function MethodsPanel() {
  useEffect(keepMethods, []);
  const { trials, queue, all, ranked, repairable } = useMethods();
  const recipe = useStore((state) => state.recipe);
  const model = useStore((state) => state.model);
  const data = useStore((state) => state.data);
  const size = useStore((state) => state.size);
  const busy = useStore((state) => state.opening !== null || state.judging);
  const key = recipeKey(recipe);
  const input = useMemo(
    () => inputOf({ ...get(), recipe, model, data, size }, repairable),
    [recipe, model, data, size, repairable],
  );
  const unsuited = useMemo(
    () => new Map(everyMethod.map((method) => [method.id, input ? method.unsuited(input) : ""])),
    [input],
  );
  const span = useMemo<Span | null>(
    () =>
      spanOf(
        Object.values(trials).flatMap(({ contrast }) =>
          contrast ? [contrast.before.divergence.value, contrast.after.divergence.value] : [],
        ),
      ),
    [trials],
  );
  if (data?.cannotRun !== undefined) return <p className="methods-none">{data.cannotRun}</p>;
  if (!input || !data || !model)
    return (
      <p className="methods-none">
        {busy ? "Opening…" : "No model and data yet: methods are tried on them."}
      </p>
    );
  const some = Object.values(trials).find(({ contrast }) => contrast)?.contrast;
  const open = everyMethod.filter(
    (method) => unsuited.get(method.id) === undefined && !method.inside?.has(recipe),
  );
  const running = Object.values(trials).some(({ phase }) => phase === "proposing" || phase === "measuring");
  const rankOf = (id: string) => {
    const at = ranked?.indexOf(id) ?? -1;
    return at >= 0 && trials[id]?.key === key ? at + 1 : undefined;
  };
  const row = (method: Method) => (
    <MethodRow
      key={method.id}
      method={method}
      trial={trials[method.id]}
      recipe={recipe}
      recipeKey={key}
      unsuited={unsuited.get(method.id)}
      waiting={queue.includes(method.id)}
      span={span}
      rank={rankOf(method.id)}
    />
  );
  return (
    <section className="methods" aria-label="Methods">
      <header className="methods-head">
        <p>
          Each method turns the present recipe into another one. Both are measured on the same{" "}
          {formatCount(data.evaluation)} evaluation{" "}
          {data.kind === "synthetic" ? "inputs, made up," : "samples,"} and their differences are of pairs,
          with 95 % intervals. To combine methods, apply one and try again. <DataMark />
        </p>
        {running || queue.length > 0 ? (
          <Button size="small" onClick={stopMethods}>
            {all ? "Stop trying all" : "Stop"}
          </Button>
        ) : (
          <Button
            size="small"
            kind="primary"
            disabled={open.length === 0}
            onClick={() => void tryMethods(open)}
          >
            Try all
          </Button>
        )}
      </header>
      <table className="methods-table">
        <caption className="hidden">Methods, and what each does to the present recipe</caption>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">{lossUnit(some?.before.metric ?? "kl")}</th>
            <th scope="col">Top-1</th>
            <th scope="col">File</th>
            <th scope="col">Outcome</th>
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        {methodGroups.map(({ title, methods }) =>
          methods.length === 0 ? null : (
            <tbody key={title}>
              <tr className="methods-group">
                <th scope="colgroup" colSpan={6}>
                  {title}
                </th>
              </tr>
              {inOrder(methods, ranked).map(row)}
            </tbody>
          ),
        )}
      </table>
    </section>
  );
}

/** Those that are ranked first, the best on top. */
function inOrder(methods: readonly Method[], ranked: readonly string[] | null): readonly Method[] {
  const place = ({ id }: Method) => {
    const at = ranked?.indexOf(id) ?? -1;
    return at < 0 ? methods.length : at;
  };
  return [...methods].sort((a, b) => place(a) - place(b));
}
