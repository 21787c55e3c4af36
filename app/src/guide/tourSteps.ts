// The five steps of the tour: where to look, and what is there.

export interface TourStep {
  /** CSS selector of what it points at; a step whose place is not on the screen is left out. */
  readonly at: string;
  readonly title: string;
  readonly text: string;
}

export const tourSteps: readonly TourStep[] = [
  {
    at: ".strip",
    title: "A network and its data",
    text: "A sample is open. Drop your own .onnx file anywhere, and images or arrays for it. How well the network does as it came, in floating point, is shown first: if that is wrong, so is the preprocessing. Nothing leaves this machine.",
  },
  {
    at: '[aria-label="Sensitivity"]',
    title: "The heatmap is the control",
    text: "Rows are layers, columns how many bits each of their numbers takes, colour is how much the output then changes: hatched where predicted, solid where measured. Click a cell to give that layer those bits; drag or hold Shift for several, or use arrow keys and Enter.",
  },
  {
    at: '[aria-label="Budget"]',
    title: "Or say how small",
    text: "Drag the slider: the bits of every layer are chosen anew as you drag. The curve shows the least loss at every size, and where your recipe stands. Where you stop, it is measured.",
  },
  {
    at: ".dock",
    title: "Understand and repair",
    text: "The network as a graph, how its loss lies around your choice, float beside quantized sample by sample, methods that repair what rounding broke, and a report of it all.",
  },
  {
    at: '.bar [data-kind="primary"]',
    title: "Take the file home",
    text: "Export writes the ONNX file, opens it again in ONNX Runtime, runs it on the data, and compares it with what the screen promised before the download is called good.",
  },
];
