// Evidence: what a sensitivity report says of each layer at each width, ready for allocation: values that are finite, with
// the scheme they hold for. Measures nothing; reports are read elsewhere (sensitivityReport.ts).

import { formatFacts } from "@bitscape/quant";
import { columnScheme } from "../cells/sensitivity.ts";
import { layerOf, type Network } from "../network/network.ts";
import type { Choice, Target } from "../recipe.ts";
import { falling } from "./monotone.ts";
import { shrunk } from "./shrunk.ts";

/** A cell of `bitscape sensitivity --json`, or of a sweep. */
export interface MeasuredCell {
  readonly layer: string;
  readonly target: Target;
  /** A width, or the name of a format that is no integer. */
  readonly bits: number | string;
  readonly value: number | null;
  readonly low?: number | null | undefined;
  readonly high?: number | null | undefined;
  readonly n?: number | null | undefined;
  readonly source?: "predicted" | "measured" | undefined;
  readonly scheme?: Choice | undefined;
}

/** What one layer's weights, or activations, lose in one scheme. */
export interface Evidence {
  readonly layer: string;
  readonly target: Target;
  /** The column: "4", "nf4", … */
  readonly key: string;
  /** Bits a value takes in storage. */
  readonly bits: number;
  readonly scheme: Exclude<Choice, "float">;
  readonly value: number;
  /**
   * How far above the value its 95 % interval reaches, taken to be as far in ratio as it reaches below: what few samples say
   * of rare bad ones is nearly nothing, and would swallow every sum.
   */
  readonly half: number;
}

/** A scheme that a tensor may get, under the name of its column. */
export type Scheme = Pick<Evidence, "layer" | "target" | "key" | "scheme">;

/**
 * The cells that have a value, by layer and column.
 * @param base fields that replace those the cells were measured with, their format apart
 * @throws one sentence for a layer the network lacks, or where nothing is left
 */
export function evidenceOf(
  network: Network,
  cells: readonly MeasuredCell[],
  targets: readonly Target[],
  base: Partial<Record<Target, Choice | undefined>> = {},
): Evidence[] {
  for (const { layer } of cells) layerOf(network, layer);
  return evidenceIn(cells, targets, base);
}

/** The same of cells that are known to be of the network at hand. */
export function evidenceIn(
  cells: readonly MeasuredCell[],
  targets: readonly Target[],
  base: Partial<Record<Target, Choice | undefined>> = {},
): Evidence[] {
  const found = cells.flatMap((cell): Evidence[] => {
    const { layer, target: of, value, low, high } = cell;
    if (value === null || !Number.isFinite(value) || !targets.includes(of)) return [];
    const over = base[of];
    const scheme = schemeOf(cell);
    if (scheme === "float" || over === "float") return [];
    const { family, name, bits } = formatFacts(scheme.format as string);
    // Divergences are never negative; a value that noise made so is nothing lost.
    const kept = Math.max(0, value);
    return [
      {
        layer,
        target: of,
        // Of a report, where a format's cells have its storage bits too.
        key: family === "int" ? String(bits) : name,
        bits,
        scheme: { ...scheme, ...over, format: scheme.format },
        value: kept,
        half: halfOf(kept, low, high),
      },
    ];
  });
  if (found.length === 0)
    throw new Error(
      `sensitivity: ${cells.length} cells, expected some with a value for ${targets.join(" and ")}`,
    );
  return monotone(lessLucky(monotone(found)));
}

/** Of a value that is exact within what is known of it, the reach upwards; its own size where nothing is known. */
function halfOf(value: number, low: number | null | undefined, high: number | null | undefined): number {
  if (!(value > 0)) return Math.max(0, high ?? 0);
  if (low == null || high == null) return value;
  return low > 0 ? value * (value / Math.min(value, low) - 1) : Math.max(value, high - value);
}

const Z = 1.959964;

/** With the luck taken out that the best-looking cells had. */
function lessLucky(all: readonly Evidence[]): Evidence[] {
  const values = new Map<Evidence, number>();
  for (const target of ["weight", "activation"] as const) {
    const own = all.filter((each) => each.target === target);
    const cells = own.map(({ layer, key, value, half }) => ({
      row: layer,
      column: key,
      value,
      error: value > 0 ? Math.log1p(half / value) / Z : 0,
    }));
    for (const [i, value] of shrunk(cells).entries()) values.set(own[i] as Evidence, value);
  }
  return all.map((each): Evidence => {
    const value = values.get(each) as number;
    return { ...each, value, half: each.value > 0 ? (each.half * value) / each.value : each.half };
  });
}

/** Of one tensor's integer columns, a wider one loses no more than a narrower one. */
function monotone(all: readonly Evidence[]): Evidence[] {
  const rows = new Map<string, Evidence[]>();
  for (const each of all) {
    const integer = formatFacts(each.scheme.format as string).family === "int";
    const name = integer ? `${each.target} ${each.layer}` : `${each.target} ${each.layer} ${each.key}`;
    rows.set(name, [...(rows.get(name) ?? []), each]);
  }
  return [...rows.values()].flatMap((row) => {
    const ordered = row.toSorted((a, b) => a.bits - b.bits);
    const fitted = falling(ordered.map(({ value }) => value));
    return ordered.map((each, i): Evidence => {
      const value = fitted[i] as number;
      // What the fit moved is not known better than that.
      return { ...each, value, half: Math.max(each.half, Math.abs(value - each.value)) };
    });
  });
}

function schemeOf({ scheme, target: of, bits }: MeasuredCell): Choice {
  return scheme && scheme !== "float" && scheme.format !== undefined ? scheme : columnScheme(of, bits);
}
