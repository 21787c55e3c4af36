// What the page opens first: what its address asks for, else the study that was worked on last, else the sample.

import { keptStudies } from "../keep/documents.ts";
import { restore, restoreLatest } from "../keep/restore.ts";
import { adoptRecipe } from "../state/adopting.ts";
import type { Linked } from "../state/link.ts";
import { notify, report } from "../state/notices.ts";
import { openSample } from "../state/opening.ts";
import { get, useStore } from "../state/store.ts";
import { openAddress } from "./open.ts";

const FIRST_SAMPLE = "shapes-resnet";

export async function arrive(): Promise<void> {
  const { search, hash } = window.location;
  const model = new URLSearchParams(search).get("model");
  const link = hash === "" ? null : await linkIn(hash);
  // Once it is open it is a study like any other: a reload must bring that back, not the address again.
  if (model !== null || hash !== "") window.history.replaceState(null, "", window.location.pathname);
  if (model !== null && (await openAddress(model))) return link ? adopt(link) : undefined;
  if (link) return follow(link);
  if (!(await restoreLatest()) && !get().model) await openSample(FIRST_SAMPLE);
}

/** What the address brings; a damaged link is said, and the page opens as it would without one. */
async function linkIn(hash: string): Promise<Linked | null> {
  const { linked } = await import("../state/link.ts");
  return linked(hash).catch((error: unknown) => {
    report(error);
    return null;
  });
}

/** Opens what a link is for, where it can be had, and makes its recipe the present one. */
async function follow(link: Linked): Promise<void> {
  const wanted = link.recipe.model?.sha256;
  const found = await keptStudies().catch(() => null);
  const kept = found?.studies.find(({ model, absent }) => model.sha256 === wanted && !absent);
  if (kept) await restore(kept);
  else await openSample(link.sample ?? FIRST_SAMPLE);
  if (get().model?.sha256 === wanted || wanted === undefined) return adopt(link);
  const { name } = link.recipe.model ?? { name: "another model" };
  notify("info", `This link holds a recipe for ${name}: open that file, and the recipe is applied to it.`);
  const off = useStore.subscribe(({ model, data, opening }) => {
    if (model?.sha256 !== wanted || !data || opening) return;
    off();
    void adopt(link);
  });
}

const adopt = (link: Linked) => adoptRecipe(link.recipe, "The link’s recipe").catch(report);
