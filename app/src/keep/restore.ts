// Brings back a kept study: what was known is on the screen at once, then the engine is given its model and data again.

import type { DataRequest } from "@bitscape/engine";
import { noLimits } from "../state/budgetLimits.ts";
import { engine, jobName, newEpoch } from "../state/connection.ts";
import { forgetAll, stopMeasuring } from "../state/measure.ts";
import { clearErrors, notify, sentenceOf } from "../state/notices.ts";
import { inTurn, judge, resumeAll, sampleFile } from "../state/opening.ts";
import { get, initialState, type ModelSource, set } from "../state/store.ts";
import { stopSweep } from "../state/sweeps.ts";
import { keepAs } from "./autosave.ts";
import { cellsKept, dropStudy, type KeptData, type KeptStudy, latestStudy } from "./documents.ts";
import { dropFiles, keptFiles } from "./files.ts";
import { withLastWord } from "./lastWord.ts";

/** Brings back the study that was worked on last. Resolves with whether there was one that could be. */
export async function restoreLatest(): Promise<boolean> {
  try {
    const kept = await latestStudy();
    return kept ? await restore(kept) : false;
  } catch {
    // No storage here (a private window, an old browser): a first visit.
    return false;
  }
}

/** Brings back one study. Resolves with false where its files are gone; it is then forgotten. */
export const restore = (found: KeptStudy): Promise<boolean> =>
  inTurn(async () => {
    const kept = withLastWord(found);
    const name = kept.model.name;
    const opened = await sourceOf(kept).catch(() => undefined);
    if (!opened) {
      notify("error", `${name}: its files are not in this browser's storage any more.`);
      await forget(kept.id);
      return false;
    }
    const cells = new Map(await cellsKept(kept.id));
    const { model, data, recipe, past, future, selected, target, paused, float, measured } = kept;
    const { limits = noLimits, joints = [] } = kept;
    stopMeasuring();
    await stopSweep();
    clearErrors();
    newEpoch();
    forgetAll();
    set({
      ...initialState,
      ...opened,
      ...{ model, data, recipe, past, future, selected, target, paused, float, measured },
      ...{ limits, joints },
      previews: kept.previews,
      secondsPerSample: kept.secondsPerSample,
      opening: { what: `Bringing back ${name}`, done: 0, total: 0 },
    });
    // After the recipe: a change of recipe puts cells of other columns away.
    set({ cells });
    keepAs(kept.id);
    try {
      const { files, pins } = opened.source;
      await engine().openModel(files, pins, progress);
      await engine().openData(jobName("data"), opened.dataRequest, progress);
    } catch (error) {
      set({ opening: null });
      notify("error", `${name}: found in storage but could not be opened again: ${sentenceOf(error)}`);
      return true;
    }
    set({ opening: null });
    if (float?.done) resumeAll();
    else void judge();
    return true;
  });

const progress = (what: string, done: number, total: number) => {
  if (get().opening) set({ opening: { what, done, total } });
};

async function sourceOf(kept: KeptStudy): Promise<{ source: ModelSource; dataRequest: DataRequest }> {
  const { id, pins, sample } = kept;
  const files =
    sample === undefined ? await keptFiles(id, "model", kept.modelFiles) : [await sampleFile(sample)];
  const source = { files, pins, ...(sample !== undefined && { sample }) };
  return { source, dataRequest: await dataOf(id, kept.dataRequest) };
}

async function dataOf(id: string, kept: KeptData): Promise<DataRequest> {
  if (kept.kind !== "files") return kept;
  const { labels, preprocess } = kept;
  const names = labels === undefined ? kept.files : [...kept.files, labels];
  const found = await keptFiles(id, "data", names);
  return {
    kind: "files",
    files: found.slice(0, kept.files.length),
    ...(labels !== undefined && { labels: found.at(-1) as File }),
    ...(preprocess && { preprocess }),
  };
}

export async function forget(id: string): Promise<void> {
  await dropStudy(id);
  await dropFiles(id);
}
