// The session: owns the connection to the engine from its start to its end, and brings back the study when the engine dies.

import type { EngineClient } from "@bitscape/engine";
import { connect, disconnect, engine, jobName, newEpoch, sameStudy } from "./connection.ts";
import { judge, resumeAll } from "./judging.ts";
import { askScore, askSize } from "./measure.ts";
import { isLost, notify, sentenceOf } from "./notices.ts";
import { inTurn, openSample, readData } from "./opening.ts";
import { get, initialState, set, useStore } from "./store.ts";
import { afterFirstPass, followColumns, pause } from "./sweep/sweeps.ts";

let losses: number[] = [];

const openFirstSample = () => openSample("shapes-resnet");

/** Connects to an engine and opens what is to be seen first. Returns what ends it all. */
export function start(connectEngine: () => EngineClient, first: () => unknown = openFirstSample): () => void {
  set(initialState);
  losses = [];
  const client = connectEngine();
  connect(client);
  const offLost = client.onLost((reason) => void comeBack(reason));
  const offEdits = useStore.subscribe((state, before) => {
    // Only edits: other data bring other preprocessing into the recipe, and have their own order of things (judge).
    if (state.recipe === before.recipe || state.data !== before.data) return;
    followColumns(before.recipe, state.recipe);
    afterFirstPass(() => {});
    askSize();
    askScore();
  });
  void first();
  return () => {
    offLost();
    offEdits();
    disconnect();
  };
}

/** The worker died and a fresh one is there: gives it the same model and data, and goes on. Nothing known is lost. */
async function comeBack(reason: string): Promise<void> {
  newEpoch();
  const { model, exporting } = get();
  set({
    lost: { reason, back: false },
    opening: model ? null : get().opening,
    measuring: false,
    judging: false,
    ...(exporting.phase === "running" && {
      exporting: {
        phase: "failed",
        sentence: `The engine stopped during the export (${reason}). Try again.`,
      },
    }),
  });
  // The first model is read once more by whoever was reading it.
  if (!model) return set({ lost: { reason, back: true } });
  const now = performance.now();
  losses = [...losses.filter((time) => now - time < 60_000), now];
  await inTurn(() => reopen(reason));
}

async function reopen(reason: string): Promise<void> {
  const { source, dataRequest, model, data } = get();
  if (!source || !model) return;
  const same = sameStudy();
  try {
    await engine().openModel(source.files, source.pins, () => {});
    if (data) await engine().openData(jobName("data"), dataRequest, () => {});
  } catch (error) {
    if (!same() || isLost(error)) return;
    return notify(
      "error",
      `The engine was restarted but could not open ${model.name} again: ${sentenceOf(error)}`,
    );
  }
  if (!same()) return;
  set({ lost: { reason, back: true } });
  if (losses.length >= 3) {
    notify("error", "The engine stopped three times within a minute: measuring is paused.");
    pause();
  }
  if (!data) await readData(dataRequest);
  else if (!get().float?.done) void judge();
  else resumeAll();
}

export const dismissLost = () => set({ lost: null });
