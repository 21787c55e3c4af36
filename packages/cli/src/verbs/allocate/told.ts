// How an allocation is told: the parts of its document that are not numbers of its own, and its prose.

import type { Network, Placed } from "@bitscape/engine";
import { bytesText, table } from "../../text.ts";
import type { Found } from "./found.ts";
import { lossJson, type Own } from "./own.ts";

export function placeJson({ name, bytes, predicted, dominatedBy }: Placed) {
  return { name, bytes, value: predicted?.value ?? null, predicted, dominatedBy };
}

export function ownJson({ placed, measured, outside, interactions }: Own) {
  return { ...placeJson(placed), ...(measured && { measured: lossJson(measured), outside, interactions }) };
}

export function textOf(
  network: Network,
  { bytes, predicted, gap, bits }: Found["allocation"],
  uniform: readonly Placed[],
  own: Placed | undefined,
  metric: string,
  notes: readonly string[] = [],
): string {
  const rows = [...uniform, ...(own ? [own] : [])].map(
    ({ name, bytes: size, predicted: loss, dominatedBy }) => [
      name,
      size,
      loss ? loss.value.toExponential(2) : "–",
      dominatedBy ? `${dominatedBy.value.toExponential(2)} in ${Math.ceil(dominatedBy.bytes)} bytes` : "–",
    ],
  );
  const percent = ((100 * bytes) / network.bytes).toPrecision(3);
  const interval = `${predicted.low.toExponential(2)} to ${predicted.high.toExponential(2)}`;
  const head = `${bytesText(network.bytes)} → ${bytesText(bytes)} (${percent} %), ${metric} ${predicted.value.toExponential(2)} predicted (95 %: ${interval})`;
  const more = [
    bits !== undefined && `${bits.toPrecision(3)} bits on average`,
    gap !== undefined &&
      (gap === 0 ? "proven optimal" : `within ${(100 * gap).toPrecision(2)} % of the optimum`),
  ].filter((each) => each !== false);
  const tail = rows.length > 0 ? `\n\n${table(["recipe", "bytes", metric, "dominated by"], rows)}` : "";
  return `${[[head, ...more].join(", "), ...notes].join("\n")}${tail}`;
}
