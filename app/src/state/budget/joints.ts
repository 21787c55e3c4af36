// Joint recipes that were measured: kept, as they correct what is expected of others, and are marks on the chart.

import { type Recipe, recipeKey } from "@bitscape/engine";
import { get, type Joint, type State, useStore } from "../store.ts";

/**
 * Joint recipes measured so far, within the budgets or not: all say something of the layers. But not of those that have other
 * repairs, which change what a layer loses.
 */
export function knownJoints({ joints, recipe: present }: Pick<State, "joints" | "recipe">) {
  const repairs = repairsKey(present);
  return joints
    .filter(({ recipe }) => repairsKey(recipe) === repairs)
    .map(({ recipe, score }) => ({ recipe, value: score.divergence.value }));
}

const repairsKey = ({ repairs = [], tokens }: Recipe) => JSON.stringify([repairs, tokens ?? null]);

const most = 64;

/** What was measured through of a recipe is kept: it corrects what is expected of others. */
export function noteJoint({ measured, size, recipe, joints }: State): void {
  const key = recipeKey(recipe);
  if (!measured?.value.done || measured.key !== key || size?.key !== key) return;
  keepJoint({ recipe, bytes: size.value.bytes, score: measured.value }, joints);
}

/** Keeps a joint recipe that was measured, unless the same is known on as many samples. */
export function keepJoint(joint: Joint, joints = get().joints): void {
  const key = recipeKey(joint.recipe);
  const known = joints.find(({ recipe }) => recipeKey(recipe) === key);
  if (known && known.score.divergence.n >= joint.score.divergence.n) return;
  useStore.setState({ joints: [...joints.filter((each) => each !== known), joint].slice(-most) });
}
