// The solver kept up to date, and brought back when it dies: with the real solver in the same thread, behind a client that can die.

import {
  AllocationRoom,
  type AllocationSetting,
  type Budgets,
  type Costs,
  type CostsRequest,
  type EngineClient,
  recipeKey,
  type SearchRequest,
  type SolverCalls,
  type SolverClient,
  type TriedRecipe,
  WorkerLost,
} from "@bitscape/engine";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chosenBits, withBits } from "../edits.ts";
import { FakeEngine, fakeLayers } from "../fake.test-engine.ts";
import { start } from "../session.ts";
import { get } from "../store.ts";
import { undo } from "../study.ts";
import { setMost } from "./budget.ts";
import { searchOn, stopSearch } from "./search.ts";
import { settle, startBudgeting } from "./solving.ts";
import { budget } from "./store.ts";

const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 4000, interval: 5 });

/** Bits of all weights in bytes, and 24 for the rest: as the fake engine sizes recipes. */
const elements = 64;
function costsOf({ schemes }: CostsRequest): Costs {
  const weights = schemes.filter(({ target }) => target === "weight");
  const columns = [...new Set(weights.map(({ key }) => key))].map((key) => {
    const layers = new Map(
      weights.filter((each) => each.key === key).map(({ layer }) => [layer, Number(key) * 8]),
    );
    const recipe = { schema: "bitscape/recipe/1" } as const;
    return [key, { key, recipe, bytes: 0, layers }] as const;
  });
  const layers = fakeLayers.map(({ id, op, macs }) => ({
    id,
    op,
    macs,
    elements,
    floatBits: 32,
    deciders: [],
  }));
  const float = new Map(fakeLayers.map(({ id }) => [id, 256]));
  return { layers, sizes: { rest: 0, float, columns: new Map(columns) }, residual: [] };
}

class DyingSolver implements SolverClient {
  readonly settings: AllocationSetting[] = [];
  answers = 0;
  /** Dies under so many answers, or under every setting. */
  dieUnderAnswers = 0;
  dieUnderSettings = false;
  #room = new AllocationRoom();
  #listeners = new Set<(reason: string) => void>();
  #reject: ((error: Error) => void)[] = [];

  readonly solver: SolverCalls = {
    set: (setting) => {
      this.settings.push(setting);
      if (this.dieUnderSettings) setTimeout(() => this.die(), 1);
      return this.#living(() => this.#room.set(setting), this.dieUnderSettings);
    },
    draft: (budgets) => this.#living(() => this.#room.draft(budgets)),
    answer: (budgets, size) => {
      this.answers++;
      const dies = this.dieUnderAnswers-- > 0;
      if (dies) setTimeout(() => this.die(), 1);
      return this.#living(() => this.#room.answer(budgets, size), dies);
    },
    expect: (recipe) => this.#living(() => this.#room.expect(recipe)),
  };

  onLost(listener: (reason: string) => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose() {}

  die() {
    this.#room = new AllocationRoom();
    for (const reject of this.#reject.splice(0)) reject(new WorkerLost("solver: out of memory"));
    for (const listener of this.#listeners) listener("out of memory");
  }

  #living<T>(work: () => Promise<T>, never = false): Promise<T> {
    const death = new Promise<never>((_, reject) => this.#reject.push(reject));
    death.catch(() => {});
    return Promise.race([never ? new Promise<T>(() => {}) : work(), death]);
  }
}

let fake: FakeEngine;
let solver: DyingSolver;
let stop: () => void;
const searches: SearchRequest[] = [];
let tried: readonly number[] = [];

beforeEach(async () => {
  vi.stubGlobal("fetch", async () => new Response("bytes"));
  fake = new FakeEngine();
  solver = new DyingSolver();
  searches.length = 0;
  const client: EngineClient = {
    ...{ prepare: () => {}, dispose: () => fake.dispose() },
    onLost: (listener) => fake.onLost(listener),
    engine: {
      ...fake.engine,
      costs: async (_, request) => costsOf(request),
      search: async (job, request, onTried) => {
        searches.push(request);
        const found = tried.map((bits) => triedAt(bits));
        let best: TriedRecipe | null = null;
        for (const each of found) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (!best || each.divergence.value < best.divergence.value) best = each;
          onTried(each, best);
        }
        void job;
        return { best, tried: found.length, stopped: false };
      },
    },
  };
  const session = start(() => client);
  await until(() => get().measured?.value.done === true && get().sweep === null);
  const budgeting = startBudgeting(() => solver);
  stop = () => {
    budgeting();
    session();
  };
  await until(() => budget().fronts !== null && budget().expected !== null);
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

/** All weights in so many bits, losing 1/2^bits. */
function triedAt(bits: number): TriedRecipe {
  const value = 2 ** -bits;
  const divergence = { value, low: value, high: value, n: 50, source: "measured", of: "" } as const;
  return {
    ...{ recipe: withBits(get().recipe, fakeLayers, "weight", bits), bytes: 24 * bits },
    ...{ predicted: { value, low: value, high: value }, divergence, drop: null, cut: false, confirmed: null },
  };
}

const most = { bytes: 24 * 5 } satisfies Budgets;
const widths = () => fakeLayers.map(({ id }) => Number(chosenBits(get().recipe, id, "weight")));
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("a solver that dies", () => {
  it("is handed again what it was handed, and goes on", async () => {
    const before = solver.settings.length;
    solver.die();
    await until(() => solver.settings.length > before);
    await settle(most);
    expect(meanOf(widths())).toBeLessThanOrEqual(5);
    expect(budget()).toMatchObject({ fault: null, refused: null, solving: false });
  });

  it("is asked once more where it died under the question: the answer comes, as one edit", async () => {
    const { past } = get();
    solver.dieUnderAnswers = 1;
    await settle(most);
    expect(solver.answers).toBe(2);
    expect(meanOf(widths())).toBeLessThanOrEqual(5);
    expect(get().past).toHaveLength(past.length + 1);
  });

  it("is not started for ever: after three deaths a sentence says so", async () => {
    solver.dieUnderSettings = true;
    solver.die();
    await until(() => budget().fault !== null);
    expect(budget().fault).toBe("solver: it stopped 3 times (out of memory), expected it to answer");
    const asked = solver.settings.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(solver.settings).toHaveLength(asked);
  });
});

describe("the search", () => {
  it("makes the best so far the recipe, keeps all that was measured, and is one step of undo", async () => {
    tried = [4, 6, 5];
    const { recipe, size } = get();
    await searchOn();
    expect(widths()).toEqual([6, 6, 6]);
    expect(budget().search).toMatchObject({ kind: "loss", tried: 3, running: false });
    const measured = get().joints.map((joint) => recipeKey(joint.recipe));
    for (const bits of tried) expect(measured).toContain(recipeKey(triedAt(bits).recipe));
    expect(searches[0]).toMatchObject({ budgets: { bytes: size?.value.bytes }, first: recipe });
    undo();
    expect(get().recipe).toEqual(recipe);
  });

  it("asks for the smallest file where a fall is budgeted, with nothing to be beaten", async () => {
    tried = [8];
    setMost("drop", 0.01);
    await searchOn();
    expect(searches[0]?.budgets).toEqual({ drop: 0.01 });
    expect(searches[0]?.first).toBeUndefined();
    expect(budget().search?.kind).toBe("drop");
    setMost("drop", undefined);
    stopSearch();
  });
});
