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
    text: "A sample is open. Drop your own .onnx file anywhere, and images or arrays for it: the float network’s accuracy is shown first, so that wrong preprocessing is found before anything else. Nothing leaves this machine.",
  },
  {
    at: '[aria-label="Sensitivity"]',
    title: "The heatmap is the control",
    text: "Rows are layers, columns bit-widths, colour is how much the output changes: hatched where predicted, solid where measured. Click a cell to give that layer those bits; drag or hold Shift for several, use the arrow keys and Enter, press / to filter.",
  },
  {
    at: '[aria-label="Budget"]',
    title: "Or say how small",
    text: "Drag the slider: the bits of every layer are chosen anew as you drag. The curve shows the least loss at every size, and where your recipe stands. Where you stop, it is measured.",
  },
  {
    at: ".dock",
    title: "Understand and repair",
    text: "The network as a graph, the loss landscape of any two clips and their joint choice, float beside quantized sample by sample, and a report of it all.",
  },
  {
    at: '.bar [data-kind="primary"]',
    title: "Take the file home",
    text: "Export writes the ONNX file, opens it again in ONNX Runtime, runs it on the data, and compares it with what the screen promised before the download is called good.",
  },
];
