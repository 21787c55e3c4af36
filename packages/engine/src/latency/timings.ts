// Timings: seconds of pieces on one runtime, each kind measured once: layers of one shape, operator and scheme share it.
// Holds no session longer than it takes to time it.

import { encodeModel, type Model } from "@bitscape/graph";
import type { Feeds, Runtime, Session } from "../runtime/runtime.ts";
import type { Piece } from "./piece.ts";
import { idleKey, idleModel, pieceFeeds, pieceKey, pieceModel } from "./pieceModel.ts";
import { roundsOf, type StopwatchOptions, type Timing, timingOf } from "./stopwatch.ts";

/** A piece, and the exported model that it was cut from. */
export interface Cut {
  readonly piece: Piece;
  readonly base: Model;
}

/** What timing a piece came to. */
export type Timed = Timing | { readonly failure: string };

export interface TimingsOptions extends Omit<StopwatchOptions, "between"> {
  /** Sessions held at once; those are timed in turn. */
  readonly atOnce?: number;
  readonly seed?: number;
}

const standard: TimingsOptions = { rounds: 7, leastSeconds: 0.004, atOnce: 8 };

export class Timings {
  readonly runtime: Runtime;
  readonly options: TimingsOptions;
  readonly #known = new Map<string, Timed>();

  constructor(runtime: Runtime, options: Partial<TimingsOptions> = {}) {
    this.runtime = runtime;
    this.options = { ...standard, ...options };
  }

  /** Undefined for a kind that was not measured. */
  of({ piece, base }: Cut): Timed | undefined {
    return this.#known.get(pieceKey(piece, base));
  }

  /**
   * Measures every kind that is not known yet.
   * @param between awaited between jobs of a round; throws to cancel
   */
  async measure(
    cuts: readonly Cut[],
    between: (done: number, total: number) => Promise<void> = async () => {},
  ): Promise<void> {
    const wanted = new Map(
      cuts
        .map((cut) => [pieceKey(cut.piece, cut.base), cut])
        .filter(([key]) => !this.#known.has(key as string)) as [string, Cut][],
    );
    const all = [...wanted];
    const { atOnce = 8 } = this.options;
    for (let from = 0; from < all.length; from += atOnce) {
      const group = all.slice(from, from + atOnce);
      const step = () => between(from, all.length);
      for (const [key, timed] of await this.#timed(group, step)) this.#known.set(key, timed);
    }
    if (all.length > 0) await between(all.length, all.length);
  }

  /** Times a group against what its inputs take alone, all in turn. */
  async #timed(group: readonly [string, Cut][], between: () => Promise<void>): Promise<Map<string, Timed>> {
    const found = new Map<string, Timed>();
    const open: Session[] = [];
    const jobs: (() => Promise<unknown>)[] = [];
    const idle = new Map<string, number>();
    const at = new Map<string, number>();
    const job = async (model: Model, feeds: Feeds) => {
      const session = await this.runtime.load(encodeModel(model));
      open.push(session);
      const run = () => session.run(feeds);
      await run();
      return jobs.push(run) - 1;
    };
    try {
      for (const [key, { piece, base }] of group) {
        await between();
        const feeds = pieceFeeds(piece, this.options.seed);
        try {
          const beside = idleKey(piece);
          if (!idle.has(beside)) idle.set(beside, await job(idleModel(piece, base), feeds));
          at.set(key, await job(pieceModel(piece, base), feeds));
        } catch (error) {
          found.set(key, { failure: `layer ${piece.layer}: ${(error as Error).message}` });
        }
      }
      const rounds = await roundsOf(jobs, { ...this.options, between });
      for (const [key, { piece }] of group) {
        const own = rounds[at.get(key) ?? -1];
        const none = rounds[idle.get(idleKey(piece)) ?? -1];
        if (own && none)
          found.set(key, floored(timingOf(own.map((value, i) => value - (none[i] as number)))));
      }
    } finally {
      for (const session of open) await session.release();
    }
    return found;
  }
}

/** A piece takes no less than nothing, whatever the clock says of a tiny one. */
function floored({ seconds, low, high, n }: Timing): Timing {
  return { seconds: Math.max(0, seconds), low: Math.max(0, low), high: Math.max(0, high), n };
}
