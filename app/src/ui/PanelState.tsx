// What stands in the place of what a panel does not have: nothing to show, still on its way, or failed. What is partial or stale
// is not here: a panel shows that as what it is.

import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { WarningIcon } from "./icons.tsx";
import { Meter } from "./Meter.tsx";
import "./panel-state.css";

export type StateKind = "empty" | "loading" | "failed";

interface Props {
  readonly kind: StateKind;
  /** One sentence. */
  readonly children: ReactNode;
  /** How far it has come; without a total it is not known. */
  readonly progress?: { readonly done: number; readonly total: number };
  /** What can be done about it. */
  readonly action?: { readonly label: string; readonly act: () => unknown };
  /** More of that, beside it. */
  readonly more?: ReactNode;
}

export function PanelState({ kind, children, progress, action, more }: Props) {
  return (
    <div className="panel-state" data-kind={kind} role={kind === "failed" ? "alert" : "status"}>
      {kind === "failed" ? <WarningIcon /> : <Cells />}
      <p>{children}</p>
      {kind === "loading" && (
        <Meter
          label={typeof children === "string" ? children : "Progress"}
          done={progress?.done ?? 0}
          total={progress?.total ?? 0}
        />
      )}
      {(action || more) && (
        <div className="panel-state-actions">
          {action && <Button onClick={() => void action.act()}>{action.label}</Button>}
          {more}
        </div>
      )}
    </div>
  );
}

/** A few cells of a heatmap, with nothing in them. */
const Cells = () => (
  <svg className="panel-state-cells" width="76" height="40" viewBox="0 0 76 40" aria-hidden="true">
    {[0, 1].flatMap((row) =>
      [0, 1, 2, 3].map((column) => (
        <rect
          key={`${row}${column}`}
          x={0.5 + column * 20}
          y={0.5 + row * 22}
          width="15"
          height="15"
          rx="3"
        />
      )),
    )}
  </svg>
);
