// Histograms of the layer that is looked at.

import type { HistogramReport, Target } from "@bitscape/engine";
import { answers } from "./answers.ts";
import { engine } from "./connection.ts";
import type { Scheme } from "./edits.ts";

const lookedAt = answers<HistogramReport>(32);
/** Of what is dragged: schemes on the way, that nobody comes back to. */
const passed = answers<HistogramReport>(2);

/**
 * The histogram of a layer's weights or activations with the grid of a scheme.
 * @param channel of the weight, to be reported by itself too
 * @param passing it is one of many on the way, not worth keeping
 */
export function histogram(
  layer: string,
  target: Target,
  scheme: Scheme | undefined,
  channel: number | null = null,
  passing = false,
): Promise<HistogramReport> {
  const key = JSON.stringify([layer, target, scheme, channel]);
  return (passing ? passed : lookedAt).of(key, async () =>
    engine().histogram(layer, target, scheme ?? null, channel ?? undefined),
  );
}
