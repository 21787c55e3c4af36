// When to ask for the sizes that a network leaves open: once when it is opened, if one of them is more than how many samples
// run together; and again where data do not fit the sizes that were guessed.

import type { DataRequest, ModelSummary } from "@bitscape/engine";
import { create } from "zustand";

interface PinningState {
  readonly open: boolean;
  /** Why it asks, where that is more than that sizes are open. */
  readonly reason: string | null;
  /** Data that are to be opened with the sizes, where they could not be so far. */
  readonly data: DataRequest | null;
}

export const usePinning = create<PinningState>()(() => ({ open: false, reason: null, data: null }));

/** Symbolic dimensions that decide what a sample is; the first axis of an input is how many there are. */
export const openDims = ({ dims = [] }: Pick<ModelSummary, "dims">) => dims.filter(({ axis }) => axis > 0);

/** @param given sizes that somebody chose */
export function askPins(model: ModelSummary, given: Readonly<Record<string, number>>): void {
  const free = openDims(model).filter(({ name }) => !(name in given));
  if (free.length > 0) usePinning.setState({ open: true, reason: null, data: null });
}

/** Data did not fit: another size may be what they need. */
export function askPinsFor(model: ModelSummary | null, data: DataRequest, reason: string): void {
  if (!model || data.kind !== "files" || openDims(model).length === 0) return;
  if (/^input "/.test(reason)) usePinning.setState({ open: true, reason, data });
}

export const closePinning = () => usePinning.setState({ open: false, reason: null, data: null });
