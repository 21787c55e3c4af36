// A table of times that a person gives, instead of one measured here: JSON or CSV rows of a layer (or an operator and its
// weight's shape), a scheme and milliseconds. Reads; measures nothing.

import * as z from "zod";
import type { Scheme } from "../allocate/evidence.ts";
import { parseCsv } from "../data/files/csv.ts";
import type { Network } from "../network/network.ts";
import { scaledTimes, stateName, type Times } from "./times.ts";

/** Milliseconds of one layer, or of every layer of an operator and shape, in one scheme. */
export interface GivenRow {
  readonly layer?: string | undefined;
  readonly op?: string | undefined;
  /** Of its first weight, such as "64x64x3x3". */
  readonly shape?: string | undefined;
  /** "float", a width such as "8", or widths of weights and activations such as "4/8". */
  readonly scheme: string;
  readonly ms: number;
}

/** What a table is matched with: a network's layers, as both a Network and its summary have them. */
export interface TimedLayers {
  readonly name: string;
  readonly layers: readonly {
    readonly id: string;
    readonly op: string;
    readonly weights: readonly { readonly shape: readonly number[] }[];
  }[];
}

/** A network as a table is matched with it. */
export const timedLayers = ({ name, layers }: Network): TimedLayers => ({
  name,
  layers: layers.map(({ id, node, weights }) => ({ id, op: node.op, weights })),
});

const rows = z.array(
  z
    .object({
      layer: z.string().optional(),
      op: z.string().optional(),
      shape: z.string().optional(),
      scheme: z.string(),
      ms: z.coerce.number().min(0),
    })
    .refine(({ layer, op }) => layer !== undefined || op !== undefined, "neither layer nor op"),
);

/** Names a row that is the whole run, where a table has one. */
const WHOLE = "end to end";

export interface GivenTable {
  readonly rows: readonly GivenRow[];
  /** A whole run of the float file, where the table has one: its row's layer is "end to end", or it is beside the rows. */
  readonly wholeMs?: number;
  /** Of whole runs by sums of rows, where the table says. */
  readonly factor?: number;
}

/**
 * Reads a table: rows, or a document that `bitscape latency --json` wrote.
 * @throws one sentence that names the first row that is none
 */
export function parseLatencyTable(text: string, name = "latency table"): GivenTable {
  const json = /^\s*[[{]/.test(text);
  let value: unknown;
  try {
    value = json ? JSON.parse(text) : fromCsv(text);
  } catch (error) {
    throw new Error(
      `${name}: ${(error as Error).message}, expected rows of layer (or op and shape), scheme and ms`,
    );
  }
  const document =
    Array.isArray(value) || typeof value !== "object" || value === null ? { rows: value } : value;
  const { rows: all, endToEnd, factor } = document as Record<string, unknown>;
  const timed = Array.isArray(all) ? all.filter((row) => row?.ms !== null) : all;
  const found = rows.safeParse(timed);
  if (found.success) {
    const float = Array.isArray(endToEnd) ? endToEnd.find((each) => each?.name === "float") : undefined;
    const whole = found.data.find((row) => row.layer === WHOLE && normal(row.scheme) === "float");
    const wholeMs: unknown = whole?.ms ?? float?.ms;
    return {
      rows: found.data.filter((row) => row.layer !== WHOLE),
      ...(typeof wholeMs === "number" && { wholeMs }),
      ...(typeof factor === "number" && { factor }),
    };
  }
  const [issue] = found.error.issues;
  const [at] = issue?.path ?? [];
  throw new Error(
    `${name}: ${at === undefined ? "the document" : `row ${Number(at) + 1}`}: ${issue?.message}, expected layer (or op and shape), scheme and ms`,
  );
}

function fromCsv(text: string): Record<string, string>[] {
  const [head = [], ...body] = parseCsv(text);
  return body.map((cells) =>
    Object.fromEntries(head.flatMap((key, i) => (cells[i] ? [[key.trim(), cells[i].trim()]] : []))),
  );
}

/**
 * What allocation takes from a given table. The factor between its sum and a whole run is what the table says, or what its
 * whole float run is by the sum of float rows; 1 where there is neither.
 * @throws one sentence for a layer that has a time in some of the schemes asked about only, or a table that fits none
 */
export function givenTimes(
  network: TimedLayers,
  { rows: given, wholeMs, factor: said }: GivenTable,
  schemes: readonly Scheme[],
): { readonly times: Times; readonly factor: number; readonly float: number } {
  const columns = (target: "weight" | "activation", layer: string) => {
    const keys = schemes
      .filter((each) => each.layer === layer && each.target === target)
      .map(({ key }) => key);
    return keys.length === 0 ? [undefined] : target === "weight" ? ["float", ...keys] : keys;
  };
  const layers: Record<string, { seconds: Record<string, number>; kept: number }> = {};
  for (const layer of network.layers) {
    const { id, op, weights } = layer;
    const shape = weights[0]?.shape.join("x");
    const own = given.filter(
      (row) =>
        row.layer === id ||
        (row.layer === undefined && row.op === op && (row.shape === undefined || row.shape === shape)),
    );
    if (own.length === 0) continue;
    const seconds: Record<string, number> = {};
    const [w, a] = [columns("weight", id), columns("activation", id)];
    for (const weight of w) {
      for (const activation of a) {
        const ms = timeOf(own, weight, activation);
        if (ms === undefined) {
          const wanted = [weight, activation].filter((each) => each !== undefined).join("/");
          throw new Error(
            `latency table: ${id} without a time as ${wanted === "" ? "it is" : wanted}, expected one in every scheme that it may get`,
          );
        }
        seconds[stateName(weight, activation)] = ms / 1000;
      }
    }
    const kept = timeOf(own, "float", undefined) ?? Math.max(...Object.values(seconds)) * 1000;
    layers[id] = { seconds, kept: kept / 1000 };
  }
  if (Object.keys(layers).length === 0)
    throw new Error(`latency table: ${given.length} rows, expected some for layers of ${network.name}`);
  const sum = Object.values(layers).reduce((total, { kept }) => total + kept, 0);
  const whole = wholeMs === undefined ? undefined : wholeMs / 1000;
  const factor = said ?? (whole !== undefined && sum > 0 ? whole / sum : 1);
  return { times: scaledTimes({ layers, beside: 0 }, factor), factor, float: whole ?? sum * factor };
}

/** A row for both widths says more than one for the weights' alone; a layer's own more than its shape's. */
function timeOf(own: readonly GivenRow[], weight?: string, activation?: string): number | undefined {
  const w = weight ?? "float";
  const apart = weight === undefined && activation === undefined ? ["kept"] : [];
  const names = activation === undefined ? [...apart, w, `${w}/${w}`] : [`${w}/${activation}`, w];
  for (const name of names) {
    const found = own.filter((row) => normal(row.scheme) === name);
    const best = found.find((row) => row.layer !== undefined) ?? found[0];
    if (best) return best.ms;
  }
  return undefined;
}

/** "int8", "w8a8", "fp32": the names that tables elsewhere use. */
function normal(scheme: string): string {
  return scheme
    .trim()
    .toLowerCase()
    .replace(/^w(\d+)a(\d+)$/, "$1/$2")
    .split("/")
    .map((part) =>
      /^(fp32|float32|f32|float)$/.test(part) ? "float" : part.replace(/^(u?int|i|u)(?=\d)/, ""),
    )
    .join("/")
    .replace(/^float\/float$/, "float");
}
