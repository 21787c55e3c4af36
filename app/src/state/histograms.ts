// Histograms of the layer that is looked at: asked of the engine, the last few kept for going back and forth.

import type { HistogramReport, Target } from "@bitscape/engine";
import { engine } from "./connection.ts";
import type { Scheme } from "./edits.ts";
import { get } from "./store.ts";

const kept = 32;
const reports = new Map<string, HistogramReport>();
let of: unknown = null;

/** The histogram of a layer's weights or activations with the grid of a scheme. */
export async function histogram(
  layer: string,
  target: Target,
  scheme: Scheme | undefined,
): Promise<HistogramReport> {
  const { data } = get();
  if (of !== data) {
    of = data;
    reports.clear();
  }
  const key = JSON.stringify([layer, target, scheme]);
  const known = reports.get(key);
  if (known) return known;
  const report = await engine().histogram(layer, target, scheme ?? null);
  if (of === get().data) reports.set(key, report);
  if (reports.size > kept) reports.delete(reports.keys().next().value as string);
  return report;
}
