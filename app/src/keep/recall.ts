// A model is opened whose study is kept without its files, as they were too large to copy or are gone: what was found out of it
// comes back, and is kept on under its own name.

import { report } from "../state/notices.ts";
import { get } from "../state/store.ts";
import { bring } from "./bringing.ts";
import { claimed } from "./claim.ts";
import { absentStudy, knownOf } from "./documents.ts";

/** Looks for one when a model has been opened, and brings what it knows. Resolves with the id of what is then of no more use. */
export async function recall(): Promise<string | null> {
  const { model, source } = get();
  if (!model || !source || source.sample !== undefined) return null;
  const kept = await absentStudy(model.sha256).catch(() => undefined);
  if (!kept || (await claimed())(kept.id)) return null;
  try {
    const known = await knownOf(kept.id);
    if (get().source !== source) return null;
    const { recipe, limits, joints, data } = kept;
    await bring({ recipe, limits, joints, data, known }, `What was kept of ${model.name}`);
    return kept.id;
  } catch (error) {
    report(error);
    return null;
  }
}
