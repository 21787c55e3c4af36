// The form of a kept study's document, checked before it is used: storage may hold what an older or newer page wrote, or what
// somebody changed. Checks what the page would stumble over, not every number; bringing up old databases is database.ts.

import type { KeptStudy } from "./kept.ts";

/** Documents of the first form have none written in them. */
export const FORM = 2;

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === "string";
const isRecipe: Check = (value) =>
  isObject(value) &&
  value.schema === "bitscape/recipe/1" &&
  (value.layers === undefined || isObject(value.layers));
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isData: Check = (value) =>
  isObject(value) &&
  (value.kind === "synthetic" ||
    (value.kind === "sample" && isText(value.name)) ||
    (value.kind === "files" && listOf(isText)(value.files)));

const isModel: Check = (value) =>
  isObject(value) &&
  isText(value.name) &&
  isText(value.sha256) &&
  listOf((layer) => isObject(layer) && isText(layer.id) && Array.isArray(layer.weights))(value.layers) &&
  Array.isArray(value.inputs);

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const checks: Readonly<Partial<Record<keyof KeptStudy, readonly [check: Check, expected: string]>>> = {
  id: [isText, "a name"],
  updated: [(value) => Number.isFinite(value), "a time"],
  model: [isModel, "a model's summary with its layers"],
  data: [(value) => isObject(value) && isText(value.name), "a summary of data"],
  dataRequest: [isData, "data that were asked for"],
  modelFiles: [listOf(isText), "names of files"],
  pins: [isObject, "sizes of dimensions"],
  recipe: [isRecipe, "a recipe of schema bitscape/recipe/1"],
  past: [listOf(isRecipe), "recipes"],
  future: [listOf(isRecipe), "recipes"],
  previews: [optional(Array.isArray), "pictures"],
  joints: [
    optional(listOf((joint) => isObject(joint) && isRecipe(joint.recipe) && isObject(joint.score))),
    "measured recipes",
  ],
  limits: [
    optional((value) => isObject(value) && isObject(value.most) && listOf(isText)(value.rules)),
    "budgets, locks and rules",
  ],
  views: [optional(isObject), "settings of panels"],
};

/** What is wrong with a document, as a sentence; null where nothing is. */
export function faultOf(study: unknown): string | null {
  if (!isObject(study)) return `study: ${typeof study}, expected a document`;
  const form = study.form ?? 1;
  if (typeof form === "number" && form > FORM) {
    return `study: of form ${form}, expected ${FORM} at most (a newer version of this page wrote it)`;
  }
  for (const [field, [check, expected]] of Object.entries(checks)) {
    if (!check(study[field])) return `study: ${field} is not what was kept, expected ${expected}`;
  }
  return null;
}
