// Brings back a kept study: what was known is on the screen at once, then the engine is given its model and data again.

import type { DataRequest } from "@bitscape/engine";
import { engine, jobName, newEpoch } from "../state/connection.ts";
import { judge, resumeAll } from "../state/judging.ts";
import { forgetAll, noteScore, stopMeasuring } from "../state/measure.ts";
import { clearErrors, isLost, notify, report, sentenceOf } from "../state/notices.ts";
import { inTurn, sampleFile } from "../state/opening.ts";
import { get, initialState, type ModelSource, set } from "../state/store.ts";
import { stopSweep } from "../state/sweep/sweeps.ts";
import { giveViews } from "../state/views.ts";
import { keepAs } from "./autosave.ts";
import { hadHere } from "./claim.ts";
import { stateOf } from "./document.ts";
import { keptStudy, knownOf, latestStudy, setAbsent } from "./documents.ts";
import { keptFiles } from "./files.ts";
import type { DataShelf, KeptData, KeptStudy } from "./kept.ts";
import { withLastWord } from "./lastWord.ts";

/** Brings back the study that this page had, else the one that was worked on last. Resolves with whether there was one that could be. */
export async function restoreLatest(): Promise<boolean> {
  try {
    const own = hadHere();
    const had = own === null ? undefined : await keptStudy(own);
    if (had && !had.absent) return await restore(had);
    const { study, passed } = await latestStudy();
    for (const { name, fault } of passed.slice(0, 1)) notify("info", `${name}: ${fault}`);
    return study ? await restore(study) : false;
  } catch (error) {
    // No storage here (a private window, an old browser): a first visit.
    if ((error as Error).name === "Error") report(error);
    return false;
  }
}

/** Brings back one study. Resolves with false where its files are gone: with them it would come back. */
export const restore = (found: KeptStudy): Promise<boolean> =>
  inTurn(async () => {
    const kept = withLastWord(found);
    const { name } = kept.model;
    // A sample's file is fetched again, after what is known of it has been drawn.
    const own = kept.sample === undefined ? await sourceOf(kept).catch(() => null) : undefined;
    if (own === null) return missing(kept);
    const known = await knownOf(kept.id);
    stopMeasuring();
    await stopSweep();
    clearErrors();
    newEpoch();
    forgetAll();
    const source: ModelSource = { files: [], pins: kept.pins };
    set({
      ...initialState,
      // What was said stays said.
      notices: get().notices,
      ...stateOf(kept),
      ...(own ?? { source }),
      opening: { what: `Reopening ${name}`, done: 0, total: 0 },
    });
    // After the recipe: a change of recipe puts cells of other columns away.
    set(known);
    for (const { recipe, score } of get().joints) noteScore(recipe, score);
    giveViews(kept.views ?? {});
    // The screen first: opening keeps the page's own thread busy now and then.
    await drawn();
    try {
      const opened = own ?? (await sourceOf(kept));
      set(opened);
      void keepAs(kept.id, kept.dataShelf);
      const { files, pins } = opened.source;
      await engine().openModel(files, pins, progress);
      await engine().openData(jobName("data"), opened.dataRequest, progress);
    } catch (error) {
      set({ opening: null });
      // Where the engine died, whoever brings it back opens the study again.
      if (!isLost(error))
        notify("error", `${name}: found in storage but could not be opened again: ${sentenceOf(error)}`);
      return true;
    }
    set({ opening: null });
    if (kept.float?.done) resumeAll();
    else void judge();
    return true;
  });

const progress = (_: string, done: number, total: number) => {
  const { opening } = get();
  if (opening) set({ opening: { ...opening, done, total } });
};

/** Resolves when what was set is on the screen, or will not be soon: a hidden page draws nothing. */
const drawn = () =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, 100);
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });

/** Its files were not copied, or are gone: what is known of it waits for them. */
async function missing(kept: KeptStudy): Promise<false> {
  notify(
    "info",
    `${kept.model.name}: its files are not in this browser’s storage, expected them there; open them again, and what was found out comes back.`,
  );
  if (!kept.absent) await setAbsent(kept);
  return false;
}

async function sourceOf(kept: KeptStudy): Promise<{ source: ModelSource; dataRequest: DataRequest }> {
  const { id, pins, sample } = kept;
  if (kept.absent) throw new Error(`${kept.model.name}: not copied, expected its files`);
  const files =
    sample === undefined ? await keptFiles(id, "model", kept.modelFiles) : [await sampleFile(sample)];
  const source = { files, pins, ...(sample !== undefined && { sample }) };
  return { source, dataRequest: await dataOf(id, kept.dataRequest, kept.dataShelf) };
}

async function dataOf(id: string, kept: KeptData, shelf: DataShelf = "data"): Promise<DataRequest> {
  if (kept.kind !== "files") return kept;
  const { files, labels, words, ...others } = kept;
  const aside = [labels, words].filter((name) => name !== undefined);
  const found = await keptFiles(id, shelf, [...files, ...aside]);
  const given = new Map(found.slice(files.length).map((file, i) => [aside[i], file]));
  return {
    ...others,
    files: found.slice(0, files.length),
    ...(labels !== undefined && { labels: given.get(labels) as File }),
    ...(words !== undefined && { words: given.get(words) as File }),
  };
}
