// One study, step by step, on a bundled sample: what to do, a button that does it, and what to look at then.

import { showPanel } from "../state/dock.ts";
import { has } from "../state/edits.ts";
import { openSample } from "../state/opening.ts";
import { get, type State } from "../state/store.ts";
import { chooseBits, select, setFilter } from "../state/study.ts";

export interface WalkStep {
  readonly title: string;
  readonly text: string;
  /** What its button says. */
  readonly label: string;
  readonly act: () => unknown;
  /** Why it cannot be done yet; null where it can. */
  readonly wait?: (state: Pick<State, "source">) => string | null;
}

const SAMPLE = "shapes-mobile";

const isOpen = ({ source }: Pick<State, "source">) =>
  source?.sample === SAMPLE ? null : "Open the sample of the first step first.";

/** Convolutions of one input channel a filter: few weights each, and none that make up for another's error. */
export const depthwiseLayers = ({ model }: Pick<State, "model">): string[] =>
  (model?.layers ?? []).filter(({ depthwise }) => depthwise).map(({ id }) => id);

const weighted = () =>
  (get().model?.layers ?? []).filter((layer) => has(layer, "weight")).map(({ id }) => id);

export const walk: readonly WalkStep[] = [
  {
    title: "Open a network",
    text: "Shapes MobileNet: inverted residuals with depthwise convolutions, trained on drawn figures. Its float accuracy appears above the heatmap, then the predictions, then the measurements.",
    label: "Open Shapes MobileNet",
    act: () => openSample(SAMPLE),
  },
  {
    title: "Take too much",
    text: "Give every layer 2-bit weights. The bar shows the exact size of the file, what is predicted of it, and a moment later the measured accuracy: some thirty points are gone.",
    label: "Set all weights to 2 bits",
    act: () => chooseBits(weighted(), "weight", 2),
    wait: isOpen,
  },
  {
    title: "Find out who is to blame",
    text: "Look at the darkest cells of the column. The depthwise convolutions hold next to nothing of the file, yet some are as dark as layers many times their size.",
    label: "Show the depthwise layers",
    act: () => {
      setFilter("depthwise");
      select(depthwiseLayers(get())[0] ?? null);
    },
    wait: isOpen,
  },
  {
    title: "Give a little back",
    text: "8 bits for those layers cost a few kilobytes. Watch size and accuracy in the bar.",
    label: "Give them 8 bits",
    act: () => {
      chooseBits(depthwiseLayers(get()), "weight", 8);
      setFilter("");
    },
    wait: isOpen,
  },
  {
    title: "Let the budget do the rest",
    text: "Drag the slider in the budget panel to the same size: the curve is the least loss that any choice of bits is predicted to have there. Lock layers that must stay as they are.",
    label: "Go to the budget",
    act: () => document.querySelector<HTMLElement>('[aria-label="Budget"] [role="slider"]')?.focus(),
    wait: isOpen,
  },
  {
    title: "See who suffers",
    text: "Compare shows which answers changed and the samples whose outputs differ most.",
    label: "Open Compare",
    act: () => showPanel("compare"),
    wait: isOpen,
  },
  {
    title: "Take it home",
    text: "Export writes the file and verifies it by running it; the report says what was done and how to do it again.",
    label: "Open the report",
    act: () => showPanel("report"),
    wait: isOpen,
  },
];
