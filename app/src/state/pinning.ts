// When to ask for the sizes that a network leaves open: once when it is opened, if one of them is more than how many samples
// run together; and again where data do not fit the sizes that were guessed.

import type { DataRequest, ModelSummary } from "@bitscape/engine";
import { create } from "zustand";
import { engine } from "./connection.ts";

interface PinningState {
  readonly open: boolean;
  /** Why it asks, where that is more than that sizes are open. */
  readonly reason: string | null;
  /** Data that are to be opened with the sizes, where they could not be so far. */
  readonly data: DataRequest | null;
  /** Sizes that those data have. */
  readonly sizes: Readonly<Record<string, number>>;
}

const closed: PinningState = { open: false, reason: null, data: null, sizes: {} };

export const usePinning = create<PinningState>()(() => closed);

/** Symbolic dimensions that decide what a sample is; the first axis of an input is how many there are. */
export const openDims = ({ dims = [] }: Pick<ModelSummary, "dims">) => dims.filter(({ axis }) => axis > 0);

/** @param given sizes that somebody chose */
export function askPins(model: ModelSummary, given: Readonly<Record<string, number>>): void {
  const free = openDims(model).filter(({ name }) => !(name in given));
  if (free.length > 0) usePinning.setState({ ...closed, open: true });
}

/** Data did not fit: another size may be what they need. */
export function askPinsFor(model: ModelSummary | null, data: DataRequest, reason: string): void {
  if (!model || data.kind !== "files" || openDims(model).length === 0) return;
  if (!/^input "/.test(reason)) return;
  usePinning.setState({ open: true, reason, data, sizes: {} });
  const asked = usePinning.getState();
  void engine()
    .sizes(data)
    .then((sizes) => usePinning.getState() === asked && usePinning.setState({ sizes }))
    .catch(() => {});
}

export const closePinning = () => usePinning.setState(closed);
