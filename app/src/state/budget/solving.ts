// Runs the solver for the budget panel: hands it what is known, asks it for a draft at every frame of a drag and for the
// answer where the slider rests. One question at a time, the latest wins. How it is solved is the engine's.

import {
  type Allocation,
  type AllocationSetting,
  type Budgets,
  type Costs,
  connectSolver,
  type Recipe,
  recipeKey,
  type SolverCalls,
  type SolverClient,
} from "@bitscape/engine";
import { engine, jobName, sameStudy } from "../connection.ts";
import { latest } from "../latest.ts";
import { isLost, sentenceOf } from "../notices.ts";
import { holding, ruledOut, ruleItems } from "../rules.ts";
import { canAsk, get, type State, useStore } from "../store.ts";
import { edit, endGesture } from "../study.ts";
import { fallsOf } from "./falls.ts";
import { knownJoints, noteJoint } from "./joints.ts";
import { type Asked, askedOf } from "./setting.ts";
import { budget, initialBudget, setBudget } from "./store.ts";

let client: SolverClient | null = null;
let costs: { readonly key: string; readonly value: Costs } | null = null;

export function solver(): SolverCalls {
  if (!client) throw new Error("solver: not started");
  return client.solver;
}

/** Begins to keep the solver up to date. Returns what ends it. */
export function startBudgeting(connect: () => SolverClient = connectSolver): () => void {
  // Times of this device and what a search ended with may have come back with the study.
  const { times, search } = budget();
  setBudget({ ...initialBudget, times, search });
  costs = null;
  stale = true;
  deaths = 0;
  client = connect();
  const offLost = client.onLost(again);
  const off = useStore.subscribe((state, before) => {
    if (settingFields.some((field) => state[field] !== before[field])) {
      stale = true;
      refresh.ask(null);
    }
    if (state.recipe !== before.recipe) expect.ask(state.recipe);
    if (state.measured !== before.measured || state.size !== before.size) noteJoint(state);
  });
  refresh.ask(null);
  return () => {
    off();
    offLost();
    refresh.stop();
    expect.stop();
    client?.dispose();
    client = null;
  };
}

// A solver that dies whatever it is handed is not started for ever.
const LIVES = 3;
let deaths = 0;

/** The solver died: what it was handed is handed to a fresh one. */
function again(reason: string): void {
  stale = true;
  setBudget({ dragged: null, draft: null });
  deaths++;
  if (deaths < LIVES) refresh.ask(null);
  else
    setBudget({
      fronts: null,
      fault: `solver: it stopped ${deaths} times (${reason}), expected it to answer`,
    });
}

const settingFields = [
  "model",
  "data",
  "recipe",
  "cells",
  "predictions",
  "limits",
  "pairs",
  "joints",
  "float",
  "opening",
  // A fresh engine can be asked again.
  "lost",
] as const satisfies readonly (keyof State)[];

// Cells arrive many times a second: what rests on them follows in this many milliseconds.
const GATHER = 250;

const refresh = latest<null>(async () => {
  // Nothing changes under a hand that moves the slider.
  while (budget().dragged) await later(60);
  await upToDate();
}, GATHER);

let stale = true;
let handing: Promise<void> = Promise.resolve();

/** Hands the solver what is known by now, unless it has it; after whatever is being handed over. */
function upToDate(): Promise<void> {
  handing = handing.then(() => (stale ? hand() : undefined));
  return handing;
}

async function hand(): Promise<void> {
  if (!client) return;
  stale = false;
  const same = sameStudy();
  const state = get();
  const asked = askedOf(state);
  if (!asked || !canAsk() || asked.cells.length === 0)
    return setBudget({ ...initialBudget, search: budget().search, times: budget().times });
  try {
    const setting = await settingFor(asked, state);
    if (!setting || !same()) return;
    const fronts = await solver().set(setting);
    if (!same()) return;
    deaths = 0;
    setBudget({ fronts, rules: asked.rules, unknown: asked.unknown.length, fault: null });
    expect.ask(get().recipe);
  } catch (error) {
    stale = true;
    if (!same() || isLost(error) || !client) return;
    setBudget({ fronts: null, rules: asked.rules, fault: sentenceOf(error) });
  }
  const { model, recipe, limits } = state;
  const items = ruleItems(model?.layers ?? [], recipe);
  setBudget({ ruledOut: ruledOut(items, holding(asked.rules), limits.columns, limits.activations) });
}

/** All that an allocation rests on now; null where nothing is known yet. */
export async function settingNow(): Promise<AllocationSetting | null> {
  const state = get();
  const asked = askedOf(state);
  return asked && canAsk() && asked.cells.length > 0 ? settingFor(asked, state) : null;
}

async function settingFor(asked: Asked, state: State): Promise<AllocationSetting | null> {
  const found = await costsFor(asked);
  if (!found) return null;
  const { times } = budget();
  return {
    costs: found,
    cells: asked.cells,
    options: {
      ...asked.options,
      ...(state.limits.residual && { coupled: found.residual }),
      ...(times?.key === asked.costsKey && { times: times.times }),
    },
    measured: knownJoints(state),
    falls: fallsOf(state),
  };
}

async function costsFor(asked: Asked): Promise<Costs | null> {
  if (costs?.key === asked.costsKey) return costs.value;
  const value = await engine().costs(jobName("costs"), asked.costs);
  if (value === "cancelled") return null;
  costs = { key: asked.costsKey, value };
  return value;
}

const expect = latest<Recipe>(async (recipe) => {
  if (!client || !budget().fronts) return;
  const value = await solver()
    .expect(recipe)
    .catch(() => null);
  if (client) setBudget({ expected: { key: recipeKey(recipe), value } });
});

/** The budgets that hold, with what the slider asks for in the place of its own. */
export const budgetsWith = (goal: keyof Budgets, value: number): Budgets => ({
  ...get().limits.most,
  [goal]: value,
});

let waiting: Budgets | null = null;
let drafting = false;

/** The slider moves: solves for where it is, and shows what comes. */
export function drag(budgets: Budgets): void {
  setBudget({ dragged: budgets, search: budget().search?.running ? budget().search : null });
  waiting = budgets;
  if (!drafting) void draftAll();
}

async function draftAll(): Promise<void> {
  drafting = true;
  try {
    for (let of = waiting; of && client; of = waiting) {
      waiting = null;
      const found = await solver().draft(of);
      // It may have been let go meanwhile.
      if (!budget().dragged) break;
      if ("refused" in found) setBudget({ refused: found.refused });
      else setBudget({ draft: { of, value: found }, refused: null });
    }
  } catch (error) {
    setBudget({ refused: sentenceOf(error) });
  } finally {
    drafting = false;
  }
}

/** Ends a drag that nothing came of. */
export function letGo(): void {
  if (budget().dragged && !budget().solving) setBudget({ dragged: null, draft: null, refused: null });
}

let gestures = 0;

/** The slider rests, or budgets were typed: what was drafted becomes the recipe, then the proven answer, as one edit. */
export async function settle(budgets: Budgets): Promise<void> {
  if (!client || !budget().fronts) return;
  const gesture = `budget ${++gestures}`;
  const same = sameStudy();
  setBudget({ solving: true });
  try {
    const { draft } = budget();
    const drafted = draft && JSON.stringify(draft.of) === JSON.stringify(budgets) ? draft.value : null;
    if (drafted) apply(drafted.recipe, gesture);
    setBudget({ dragged: null, draft: null });
    const before = get().recipe;
    await upToDate();
    const ask = () => solver().answer(budgets, sizeOf);
    // A solver that died under the question is asked once more, by its successor.
    const found = await ask().catch(async (error: unknown) => {
      if (!isLost(error)) throw error;
      await upToDate();
      return ask();
    });
    if (!same()) return;
    if ("refused" in found) return setBudget({ refused: found.refused });
    // Meanwhile somebody may have edited by hand: that counts.
    if (get().recipe === before) adopt(found, gesture);
  } catch (error) {
    if (same() && !isLost(error)) setBudget({ refused: sentenceOf(error) });
  } finally {
    setBudget({ dragged: null, draft: null, solving: false });
    endGesture();
  }
}

/** After a change of what limits the choice: the answer under the budgets that hold, if any does. */
export async function resettle(): Promise<void> {
  const { most } = get().limits;
  if (Object.keys(most).length > 0) await settle(most);
}

/** An allocation becomes the recipe. */
function adopt(found: Allocation, gesture: string): void {
  apply(found.recipe, gesture);
  const { gap, by, bits, bops, moves } = found;
  setBudget({
    refused: null,
    answered: { key: recipeKey(get().recipe), value: { gap, by, bits, bops, moves } },
  });
}

/** A recipe that was found becomes the present one; several of one gesture are one step of undo. */
export function apply(recipe: Recipe, gesture: string): void {
  edit(withStyle(recipe, get().recipe), gesture);
}

/** Where all weights became float, how they would be stored otherwise is kept: the heatmap's columns are about it. */
export function withStyle(recipe: Recipe, before: Recipe): Recipe {
  const weight = before.defaults?.weight;
  if (recipe.defaults?.weight !== undefined || weight === undefined || weight === "float") return recipe;
  return { ...recipe, defaults: { ...recipe.defaults, weight } };
}

export const sizeOf = async (recipe: Recipe) => {
  const { bytes, layers } = await engine().size(recipe);
  return { bytes, layers };
};

const later = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });
