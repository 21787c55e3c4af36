// Why a tensor is fragile, in sentences: what its measured facts say against thresholds that are named here. Pure; the facts
// are taken in look.ts.

import type { Target } from "../recipe.ts";
import type { Trouble } from "./calls.ts";
import { type ChannelCheck, OUTLIER_TIMES } from "./channels.ts";

/** How the codes of an integer grid are used. */
export interface CodeUse {
  /** Values of the grid. */
  readonly all: number;
  /** Those that some value is rounded to. */
  readonly used: number;
  /** The fewest of them that hold 95 % of the values. */
  readonly holding: number;
}

export interface TensorFacts {
  readonly target: Target;
  /** Largest magnitude over the root mean square. */
  readonly peak: number;
  /** Fraction of the values that are clipped; null where that is not known. */
  readonly clipped: number | null;
  /** Null of grids that are not even. */
  readonly codes: CodeUse | null;
  /** Mean over groups of the share of a symmetric grid that no value can reach; null where zero points fit. */
  readonly idle: number | null;
  /** Of weights: their channels, and how many weights each has. */
  readonly channels: (ChannelCheck & { readonly elements: number }) | null;
  readonly depthwise: boolean;
  /** One scale for all of the tensor. */
  readonly whole: boolean;
}

/** Thresholds: below them a fact is not worth a sentence. */
const FAR = 10;
const UNUSED = 0.4;
const CLIPPED = 0.01;
const IDLE = 0.2;
const FEW = 16;

const share = (fraction: number) => `${Number((100 * fraction).toPrecision(2))} %`;
const figure = (value: number) => String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
const listed = (channels: readonly number[]) =>
  channels.length > 4 ? `${channels.slice(0, 4).join(", ")}, …` : channels.join(", ");
const plural = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

type Row = (facts: TensorFacts) => Trouble | null;

const outliers: Row = ({ channels, whole, codes }) => {
  if (!channels || channels.outliers.length === 0) return null;
  const { outliers: found, ranges, median } = channels;
  const widest = found[0] as number;
  const times = (ranges[widest] as number) / median;
  const left =
    whole && codes
      ? `: of ${codes.all} grid values the median channel reaches ${figure(Math.max(1, codes.all / times))}`
      : "";
  return {
    kind: "outlier-channels",
    sentence: `${plural(found.length, "output channel has", "output channels have")} a range over ${OUTLIER_TIMES} times the median (${listed(found)}); channel ${widest} has ${figure(times)} times${whole ? ", and all share one scale" : ", each with a scale of its own"}${left}.`,
    treatedBy: whole ? ["granularity", "range"] : ["range"],
  };
};

const dead: Row = ({ channels }) =>
  channels && channels.dead.length > 0
    ? {
        kind: "dead-channels",
        sentence: `${plural(channels.dead.length, "output channel is", "output channels are")} all zero (${listed(channels.dead)}): nothing is lost there at any width.`,
        treatedBy: [],
      }
    : null;

const far: Row = ({ peak, target, whole }) =>
  peak > FAR
    ? {
        kind: "far-values",
        sentence: `The largest ${target === "weight" ? "weight" : "activation"} is ${figure(peak)} times the root mean square: the few far values set the step of all.`,
        treatedBy: whole && target === "weight" ? ["range", "granularity", "format"] : ["range", "format"],
      }
    : null;

const unused: Row = ({ codes, target }) =>
  codes && (1 - codes.used / codes.all > UNUSED || codes.holding / codes.all < 1 - UNUSED - 0.3)
    ? {
        kind: "unused-codes",
        sentence: `Dead range: ${share(1 - codes.used / codes.all)} of the ${codes.all} grid values hold no ${target === "weight" ? "weight" : "activation"}, and 95 % of them share ${codes.holding}.`,
        treatedBy: target === "weight" ? ["range", "granularity", "format"] : ["range"],
      }
    : null;

const clipping: Row = ({ clipped, target }) =>
  clipped !== null && clipped > CLIPPED
    ? {
        kind: "clipping",
        sentence: `${share(clipped)} of the ${target === "weight" ? "weights" : "activations"} are clipped.`,
        treatedBy: ["range"],
      }
    : null;

const few: Row = ({ channels, depthwise }) =>
  channels && (depthwise || channels.elements <= FEW)
    ? {
        kind: "few-weights",
        sentence: `${depthwise ? "Depthwise: a" : "A"} channel has ${plural(channels.elements, "weight", "weights")} only, so that their errors do not average out.`,
        treatedBy: ["rounding", "bits"],
      }
    : null;

const oneSided: Row = ({ idle }) =>
  idle !== null && idle > IDLE
    ? {
        kind: "one-sided",
        sentence: `The values lie mostly on one side of zero: a symmetric grid leaves ${share(idle)} of itself out of their reach.`,
        treatedBy: ["zero-point"],
      }
    : null;

const rows: readonly Row[] = [outliers, far, unused, oneSided, clipping, few, dead];

/** What stands out about a tensor, what weighs most first. */
export const troublesOf = (facts: TensorFacts): Trouble[] =>
  rows.map((row) => row(facts)).filter((trouble) => trouble !== null);
