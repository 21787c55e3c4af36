// The points of the front's chart that can be looked at and taken, from small to large, and what is said of each.

import { formatBytes, formatDivergence } from "../ui/numbers.ts";
import type { FrontMark } from "./frontScale.ts";

export interface NamedMark extends FrontMark {
  readonly name: string;
  /** Limits leave it to be chosen. */
  readonly allowed: boolean;
}

/** A point that can be taken. */
export interface Stop extends FrontMark {
  readonly kind: "front" | "measured" | "uniform";
  /** Among those of its kind. */
  readonly index: number;
  /** "62.1 kB: KL 0.0021 predicted". */
  readonly words: string;
}

interface Marks {
  readonly front: readonly FrontMark[];
  readonly uniform: readonly NamedMark[];
  readonly measured: readonly FrontMark[];
  readonly unit: string;
}

export function stopsOf({ front, uniform, measured, unit }: Marks): Stop[] {
  const of = (kind: Stop["kind"], how: (index: number) => string) => (mark: FrontMark, index: number) => ({
    ...{ kind, index, bytes: mark.bytes, value: mark.value },
    words: `${formatBytes(mark.bytes)}: ${unit} ${formatDivergence(mark.value)} ${how(index)}`,
  });
  const against = (index: number) => (uniform[index]?.allowed ? "" : ", against the limits");
  return [
    ...front.map(of("front", () => "predicted")),
    ...uniform.map(of("uniform", (i) => `predicted, all ${uniform[i]?.name}${against(i)}`)),
    ...measured.map(of("measured", () => "measured")),
  ].sort((a, b) => a.bytes - b.bytes || a.value - b.value);
}

/** How far a pointer may be from a mark that is not on the line, pixels. */
const reach = 9;

/** The stop that is meant at a place: a mark that is near, else the point of the front above or below. */
export function nearestStop(
  stops: readonly Stop[],
  at: { readonly x: number; readonly y: number },
  place: (mark: FrontMark) => { readonly x: number; readonly y: number },
): Stop | null {
  let [best, least] = [null as Stop | null, Number.POSITIVE_INFINITY];
  for (const stop of stops) {
    const { x, y } = place(stop);
    const away = stop.kind === "front" ? reach + Math.abs(x - at.x) : Math.hypot(x - at.x, y - at.y);
    if (stop.kind !== "front" && away > reach) continue;
    if (away < least) [best, least] = [stop, away];
  }
  return best;
}

/** Where a key leads from a stop; −1 where the key means nothing here. */
export function nextStop(key: string, at: number, count: number): number {
  const last = count - 1;
  const to: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    PageUp: at + 10,
    PageDown: at - 10,
    Home: 0,
    End: last,
  };
  const found = to[key];
  return found === undefined ? -1 : Math.min(last, Math.max(0, found));
}

export function chartWords({ front, uniform, measured, unit }: Marks): string {
  const said = ({ bytes, value }: FrontMark) => `${formatDivergence(value)} in ${formatBytes(bytes)}`;
  const [smallest, largest] = [front[0], front.at(-1)];
  const ends = smallest && largest ? `from ${said(smallest)} to ${said(largest)}` : "not known yet";
  const others = uniform.map(
    (mark) => `uniform ${mark.name} bits ${said(mark)}${mark.allowed ? "" : " (against the limits)"}`,
  );
  return `Front of size and predicted loss (${unit}) ${[ends, ...others].join("; ")}; ${measured.length} recipes measured`;
}
