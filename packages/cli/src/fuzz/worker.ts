// The worker of `pnpm fuzz`: makes the case of an index and opens it. A case that hangs is ended from outside.

import { attempt, caseFile } from "@bitscape/engine/fuzz";

export interface Reply {
  readonly kind: "model" | "sentence" | "fault";
  readonly text?: string;
  /** The worker that was to answer is gone. */
  readonly dead?: boolean;
}

interface Start {
  readonly files: readonly Uint8Array[];
  readonly seed: number;
}

/** What to start from, at first; then the index of a case. */
export type Task = Start | number;

let start: Start = { files: [], seed: 0 };

process.on("message", async (task: Task) => {
  let reply: Reply = { kind: "model" };
  if (typeof task === "number") reply = await attempt(caseFile(start.files, start.seed, task));
  else start = task;
  process.send?.(reply);
});
