// The tools that a decision can be written for, in words. Apart from their writers (table.ts), which a page need not load to list
// them.

export const elsewhere = [
  {
    id: "ort",
    title: "ONNX Runtime",
    help: "A Python script for quantize_static, with every scale and zero point of the recipe.",
  },
  {
    id: "nncf",
    title: "NNCF",
    help: "A Python script for quantize and compress_weights: formats layer by layer; ranges are NNCF’s own.",
  },
  {
    id: "olive",
    title: "Olive",
    help: "A workflow (JSON) with the Python file that reads its samples: types by layer; ranges are Olive’s own.",
  },
  {
    id: "netron",
    title: "Netron",
    help: "To look at: an attachment for the open float network; each node’s sidebar gets its formats and losses.",
  },
  {
    id: "model-explorer",
    title: "Model Explorer",
    help: "To look at: node data for the open float network, coloured by formats and by losses.",
  },
] as const;

export type ToolId = (typeof elsewhere)[number]["id"];
