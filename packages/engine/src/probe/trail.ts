// Trail: what the probe computed before a cut under the settings that it last had there, kept while those stay the same.
// Not the float network's prefixes, which every measurement shares (prefixes.ts).

import type { Tensor } from "@bitscape/tensor";
import type { Feeds } from "../runtime/runtime.ts";

interface Kept<C> {
  readonly cut: C;
  readonly form: string;
  /** The settings that matter before the cut. */
  readonly settings: ReadonlyMap<string, Tensor | undefined>;
  /** By batch, the values at the cut. */
  readonly kept: Map<string, Feeds>;
}

export class Trail<C extends { readonly position: number }> {
  /** One a cut: with older settings a search is done. */
  readonly #kept = new Map<C, Kept<C>>();

  /** The last cut before which these settings are the ones that its values were computed under. */
  find(settings: Feeds, form: string): Kept<C> | undefined {
    let best: Kept<C> | undefined;
    for (const each of this.#kept.values()) {
      if (each.form !== form || each.cut.position <= (best?.cut.position ?? -1)) continue;
      if ([...each.settings].every(([name, value]) => sameFeed(value, settings[name]))) best = each;
    }
    return best;
  }

  /** Begins to keep values at a cut, instead of those there. */
  begin(cut: C, form: string, reads: readonly string[], settings: Feeds): Map<string, Feeds> {
    const kept = new Map<string, Feeds>();
    const own = reads.filter((name) => settings[name] !== undefined);
    this.#kept.set(cut, { cut, form, kept, settings: new Map(own.map((name) => [name, settings[name]])) });
    return kept;
  }
}

/** Whether two feeds are one tensor, or the same number. */
export function sameFeed(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (a === b) return true;
  return a?.data.length === 1 && b?.data.length === 1 && a.dtype === b.dtype && a.data[0] === b.data[0];
}
