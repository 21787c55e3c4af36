// A layer's own time, where the budget has measured it on this device (or was given it): the words beside a hint on speed.

import type { LayerSummary, Target } from "@bitscape/engine";
import type { Timed } from "../state/budget/store.ts";
import { bitsOf, floating, has, type Scheme } from "../state/edits.ts";

/** The name of a column in a table of times; engine/src/latency/times.ts has the form "weight/activation". */
const columnName = (scheme: Scheme | undefined) => {
  const bits = bitsOf(scheme);
  return bits === floating ? "float" : String(bits);
};

/**
 * "0.42 ms of a run, float 0.61 ms (measured on this device in …)"; null where nobody timed this choice.
 * @param other the target that is as the recipe has it
 */
export function measuredTime(
  { times, from }: Pick<Timed, "times" | "from">,
  layer: LayerSummary,
  schemes: Readonly<Record<Target, Scheme | undefined>>,
  other: Target,
): string | null {
  const own = times.layers[layer.id];
  if (!own) return null;
  const name = (target: Target) => (has(layer, target) ? columnName(schemes[target]) : "");
  const both = `${name("weight")}/${name("activation")}`;
  const single = other === "activation" ? `${name("weight")}/` : `/${name("activation")}`;
  const seconds = own.seconds[both] ?? own.seconds[single];
  if (seconds === undefined) return null;
  const float = own.seconds["float/float"] ?? own.seconds["float/"] ?? own.seconds["/float"];
  const beside = float === undefined || float === seconds ? "" : `, float ${milliseconds(float)}`;
  return `${milliseconds(seconds)} of a run${beside} (${from})`;
}

const milliseconds = (seconds: number) => `${Number((1000 * seconds).toPrecision(2))} ms`;
