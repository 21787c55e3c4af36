// Opens a study's file: with its own model and data where it holds them, else with the network that is open, a sample, or one
// that this browser keeps.

import type { DataRequest } from "@bitscape/engine";
import { openSample, openStudy } from "../state/opening.ts";
import { get } from "../state/store.ts";
import { bring } from "./bringing.ts";
import { keptStudies } from "./documents.ts";
import { restore } from "./restore.ts";
import type { StudyRead } from "./studyReading.ts";

/**
 * Opens it, and makes its recipe and what was found out the present ones.
 * @throws a sentence where its model is not to be had, or it is not for the network that is
 */
export async function openStudyFile(study: StudyRead, name: string): Promise<void> {
  const { text, recipe, known } = study;
  const { sha256 } = text.model;
  if (get().model?.sha256 !== sha256 || study.model.length > 0) await openIts(study);
  const { model, data } = get();
  if (model?.sha256 !== sha256 || !data) {
    throw new Error(
      `${name}: a study of ${text.model.name} (SHA-256 ${sha256.slice(0, 12)}…) without its model, expected that model open first`,
    );
  }
  await bring({ recipe, known, limits: text.limits, joints: text.joints, data: text.data }, name);
}

async function openIts({ text, model, data, labels }: StudyRead): Promise<void> {
  if (model.length > 0) {
    const { preprocess } = text.data;
    const split = text.reading?.split && { split: text.reading.split };
    const request: DataRequest =
      data.length > 0
        ? {
            kind: "files",
            files: data,
            ...(labels && { labels }),
            ...(preprocess && { preprocess }),
            ...text.reading,
          }
        : text.dataKind === "sample" && text.sample !== undefined
          ? { kind: "sample", name: text.sample, ...split }
          : { kind: "synthetic", ...split };
    return openStudy({ files: model, pins: text.pins }, request);
  }
  if (text.sample !== undefined) return openSample(text.sample);
  const found = await keptStudies().catch(() => null);
  const kept = found?.studies.find((each) => each.model.sha256 === text.model.sha256 && !each.absent);
  if (kept) await restore(kept);
}
