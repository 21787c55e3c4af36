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
    text: "Shapes MobileNet is a small network of the kind made for phones, trained to tell twelve drawn figures apart. How often it is right as it came (in 32-bit floating point) appears above the heatmap; then the cells fill, predicted first (hatched), then measured (solid).",
    label: "Open Shapes MobileNet",
    act: () => openSample(SAMPLE),
  },
  {
    title: "Take too much",
    text: "Give every layer 2-bit weights: each weight becomes one of four values. The bar at the top shows the exact size of the file, what is predicted of it, and a moment later the measured accuracy: some thirty points are gone.",
    label: "Set all weights to 2 bits",
    act: () => chooseBits(weighted(), "weight", 2),
    wait: isOpen,
  },
  {
    title: "Find out who is to blame",
    text: "Look down the column under 2 for the cells that stand out most. The depthwise convolutions (one small filter a channel) hold next to nothing of the file, yet some of them cost as much as layers many times their size.",
    label: "Show the depthwise layers",
    act: () => {
      setFilter("depthwise");
      select(depthwiseLayers(get())[0] ?? null);
    },
    wait: isOpen,
  },
  {
    title: "Give a little back",
    text: "8 bits for those layers cost a few kilobytes. Watch size and accuracy in the bar; Ctrl Z takes anything back.",
    label: "Give them 8 bits",
    act: () => {
      chooseBits(depthwiseLayers(get()), "weight", 8);
      setFilter("");
    },
    wait: isOpen,
  },
  {
    title: "Let the budget do the rest",
    text: "Drag the slider in the budget panel to the same size: the curve is the least loss that any choice of bits is predicted to have there. Layers that must stay as they are can be locked: press L on their row.",
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
    title: "Mend what is left",
    text: "Methods tries remedies from the literature on your recipe, each with loss, accuracy and size before and after, on samples that it has not seen. Apply those that help.",
    label: "Open Methods",
    act: () => showPanel("methods"),
    wait: isOpen,
  },
  {
    title: "Take it home",
    text: "Export, at the top right, writes the file and verifies it by running it. The report says what was done and how to do it again.",
    label: "Open the report",
    act: () => showPanel("report"),
    wait: isOpen,
  },
];
