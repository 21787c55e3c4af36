// Opening what was dropped or chosen: a model, data, or both together.

import { report } from "../state/notices.ts";
import { openData, openStudy } from "../state/opening.ts";
import { get } from "../state/store.ts";
import { sortDropped } from "./dropped.ts";

export async function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  try {
    const { model, data } = sortDropped(files);
    const request = data.length ? ({ kind: "files", files: data } as const) : null;
    if (model.length) await openStudy({ files: model, pins: {} }, request);
    else if (!get().model) throw new Error(`${data[0]?.name}: data without a model, expected a model first`);
    else if (request) await openData(request);
  } catch (error) {
    report(error);
  }
}
