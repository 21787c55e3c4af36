// labels.txt: class names to indices, in the forms found in the wild. Not the labels of samples: labels.ts.

export interface ClassList {
  /** Index by name. */
  readonly indices: ReadonlyMap<string, number>;
  /** Names by index, "" where there is none. */
  readonly names: readonly string[];
}

const largestIndex = 1_000_000;

/** A name or names of lines, by the line and its number; undefined where the line does not have this form. */
type Form = (line: string, at: number) => readonly [string, number] | undefined;

const pair = (name: string | undefined, index: string | undefined) =>
  name !== undefined && index !== undefined && Number(index) < largestIndex
    ? ([name.trim(), Number(index)] as const)
    : undefined;

const nameThenIndex: Form = (line) => {
  const match = /^(.*?)[\s,:=]+(\d+)$/.exec(line);
  return pair(match?.[1], match?.[2]);
};
const indexThenName: Form = (line) => {
  const match = /^(\d+)[\s,:=]+(.*)$/.exec(line);
  return pair(match?.[2], match?.[1]);
};
const wholeLine: Form = (line, at) => [line, at];
/** `n01440764 tench, Tinca tinca`: the folder's name, then words. */
const firstWord: Form = (line, at) => [line.split(/\s+/)[0] as string, at];

/**
 * Reads one class a line: `name`, whose index is the line's number from 0; `name index`; `index name`; or a name
 * followed by a description. The form is the one that knows every name in `needed`, tried in that order.
 * @param needed names that must be found, e.g. folders; none: explicit indices are preferred
 * @param subject what errors call the file
 * @throws a sentence naming the first needed name that no form knows
 */
export function parseClassList(text: string, needed: readonly string[], subject: string): ClassList {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n|\r/)
    .map((line) => line.trim().replace(/^"(.*)"$/, "$1"));
  while (lines.at(-1) === "") lines.pop();
  const forms =
    needed.length > 0
      ? [wholeLine, nameThenIndex, indexThenName, firstWord]
      : [nameThenIndex, indexThenName, wholeLine];
  for (const form of forms) {
    const indices = read(lines, form);
    if (indices && needed.every((name) => indices.has(name))) return { indices, names: namesOf(indices) };
  }
  const known = read(lines, wholeLine) ?? new Map<string, number>();
  const missing = needed.find((name) => !known.has(name)) ?? needed[0];
  throw new Error(
    `${subject}: no line for class "${missing}", expected one for each of ${needed.length} classes`,
  );
}

/**
 * Names of a network's outputs by index: a text as parseClassList reads it, or JSON: an array of names, or an object of names
 * by index (ImageNet's `{"0": ["n01440764", "tench"], …}` among them).
 * @throws a sentence where there are no names in it
 */
export function namesIn(text: string, subject: string): readonly string[] {
  if (!/^\s*[[{]/.test(text)) {
    const { names } = parseClassList(text, [], subject);
    if (names.length > 0) return names;
    throw new Error(`${subject}: empty, expected a name a line`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${subject}: not JSON, expected names of classes`);
  }
  const names: string[] = [];
  for (const [key, value] of Object.entries(json as object)) {
    const name: unknown = Array.isArray(value) ? value.at(-1) : value;
    const index = Number(key);
    if (typeof name === "string" && Number.isInteger(index) && index < largestIndex) names[index] = name;
  }
  if (names.length === 0) throw new Error(`${subject}: no names by index, expected a list of classes`);
  return Array.from(names, (name) => name ?? "");
}

function read(lines: readonly string[], form: Form): Map<string, number> | undefined {
  const indices = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    if (line === "") continue;
    const found = form(line, at);
    if (!found || indices.has(found[0])) return undefined;
    indices.set(...found);
  }
  return indices;
}

function namesOf(indices: ReadonlyMap<string, number>): string[] {
  const names: string[] = [];
  for (const [name, index] of indices) names[index] = name;
  return Array.from(names, (name) => name ?? "");
}
