// What there is to choose as a format: an entry for integers, one for each format without numbers in its name, one for each
// family with numbers. Made from quant's table, so that a new family is offered once it has a row there.

import {
  activationFacts,
  type FormatFacts,
  type FormatRow,
  formatFacts,
  formatRows,
  type Target,
} from "@bitscape/engine";
import { formatTitle } from "../layers/formats.ts";

export interface FormatChoice {
  /** "int", "nf4", "codebook(k)". */
  readonly id: string;
  readonly title: string;
  readonly row: FormatRow;
  /** A format of this choice to begin with. */
  readonly first: string;
}

export const integerId = "int";

// Where a family with numbers begins: neither the smallest nor the largest of them.
const beginnings = ["fp(4,3)", "codebook(16)", "product(256,4)", "log(4)", "nested(4,8)"];

const titles: Readonly<Record<string, string>> = {
  int: "Integer",
  "codebook(k)": "Codebook",
  "product(k,d)": "Product quantization",
  "log(b)": "Powers of two",
  "nested(base,full)": "Nested integer",
  "fp(e,m)": "Floating point (e, m)",
};

const has = (name: string) => name.includes("(");

function choicesOf(row: FormatRow): FormatChoice[] {
  if (row.family === "int") return [{ id: integerId, title: titles.int as string, row, first: "int8" }];
  const plain = row.examples.filter((name) => !has(name));
  const named = plain.map((name) => ({ id: name, title: upper(formatTitle(name)), row, first: name }));
  const id = patternOf(row);
  if (id === null) return named;
  const first =
    beginnings.find((name) => row.parse(name) !== undefined) ?? (row.examples.filter(has).at(-1) as string);
  return [...named, { id, title: titles[id] ?? id, row, first }];
}

/** "fp(e,m)"; null of families whose names have no numbers. */
const patternOf = ({ params, examples }: FormatRow) => {
  const head = examples.find(has)?.split("(", 1)[0];
  return head === undefined ? null : `${head}(${params.map(({ name }) => name).join(",")})`;
};

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const all = formatRows.flatMap(choicesOf);

/** What a target may choose from: activations only what QuantizeLinear makes. */
export function formatChoices(target: Target): readonly FormatChoice[] {
  if (target === "weight") return all;
  return all.filter(({ first }) => {
    try {
      activationFacts(first);
      return true;
    } catch {
      return false;
    }
  });
}

/** The choice that a format is one of. */
export function choiceOf(format: string): FormatChoice {
  const { name, family } = formatFacts(format);
  const found =
    all.find(({ id }) => id === name) ??
    all.find(({ row, id }) => row.family === family && (has(id) || id === integerId));
  if (!found) throw new Error(`format ${format}: no choice, expected one for every row of the table`);
  return found;
}

/** The format with another number in its name; null where its parser refuses it. */
export function withArg({ name, args }: FormatFacts, index: number, value: number): string | null {
  const changed = args.map((arg, i) => (i === index ? value : arg));
  const renamed = `${name.split("(", 1)[0]}(${changed.join(",")})`;
  try {
    return formatFacts(renamed).name;
  } catch {
    return null;
  }
}

/**
 * Product codes of a length that fits a weight: a whole kernel, or a divisor of its inputs.
 * @param shape of the weight, outputs and inputs first
 */
export function fittingProduct(shape: readonly number[]): string {
  const kernel = shape.slice(2).reduce((a, b) => a * b, 1);
  const inputs = shape[1] ?? 1;
  const d = [4, 8, 2, 9, 3].find((length) => length === kernel || inputs % length === 0) ?? 1;
  return `product(256,${d})`;
}

// Types that ONNX Runtime's WebGPU build has no kernels for (runtime 1.30): float8, bfloat16, and what has to be unpacked.
const everywhere = (facts: FormatFacts) =>
  facts.name === "float16" || (facts.family === "int" && [2, 4, 8, 16].includes(facts.bits));

/** Which builds of ONNX Runtime run a file with this format. */
export const runsWhere = (format: string) =>
  everywhere(formatFacts(format)) ? "WebAssembly, native and WebGPU" : "WebAssembly and native, not WebGPU";
