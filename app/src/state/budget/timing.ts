// How long layers take, for budgets in time: measured on this device when somebody asks, or read from a table they give. Not
// kept: another device, or another browser, has other times.

import { engine, jobName, sameStudy } from "../connection.ts";
import { isLost, report } from "../notices.ts";
import { canAsk, get, useStore } from "../store.ts";
import { askedOf } from "./setting.ts";
import { budget, setBudget, type Timed } from "./store.ts";

let job: string | null = null;

/** Times every layer in every column that may be used, alone and end to end. */
export async function measureTimes(): Promise<void> {
  const asked = askedOf(get());
  if (!asked || !canAsk() || budget().timing) return;
  const same = sameStudy();
  const name = jobName("latency");
  job = name;
  setBudget({ timing: { done: 0, total: 0 } });
  try {
    const { schemes, kept, inside } = asked.costs;
    const found = await engine().latency(
      name,
      { schemes, kept, ...(inside?.repairs && { repairs: inside.repairs }) },
      () => {},
      (_, done, total) => job === name && setBudget({ timing: { done, total } }),
    );
    if (found === "cancelled" || !same()) return;
    const { times, factor, endToEnd, runtime, rows } = found;
    const fault = rows.find(({ failure }) => failure !== undefined)?.failure;
    // A layer that fails in one column is timed in none.
    if (Object.keys(times.layers).length === 0)
      throw new Error(`times: no layer in every column (${fault ?? "nothing to time"}), expected some`);
    const float = endToEnd.find((each) => each.name === "float")?.timing.seconds ?? null;
    adoptTimes({ key: asked.costsKey, times, factor, float, from: `measured on this device in ${runtime}` });
  } catch (error) {
    if (same() && !isLost(error)) report(error);
  } finally {
    if (job === name) job = null;
    setBudget({ timing: null });
  }
}

export function cancelTiming(): void {
  if (job)
    engine()
      .cancel(job)
      .catch(() => {});
}

/** Reads a table of times: JSON or CSV. */
export async function readTimes(file: File): Promise<void> {
  const asked = askedOf(get());
  const { model } = get();
  if (!asked || !model) return;
  try {
    const { givenTimes, parseLatencyTable } = await import("./table.ts");
    const table = parseLatencyTable(await file.text(), file.name);
    const found = givenTimes(model, table, asked.costs.schemes);
    adoptTimes({ key: asked.costsKey, ...found, from: `from ${file.name}` });
  } catch (error) {
    report(error);
  }
}

function adoptTimes(times: Timed): void {
  setBudget({ times });
  // Whoever hands the solver what is known looks at the limits.
  useStore.setState(({ limits }) => ({ limits: { ...limits } }));
}
