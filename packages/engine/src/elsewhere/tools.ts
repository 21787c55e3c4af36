// The tools that a decision can be written for, in words. Apart from their writers (table.ts), which a page need not load to list
// them.

export const elsewhere = [
  {
    id: "ort",
    title: "ONNX Runtime (quantize_static)",
    help: "A Python script for ONNX Runtime’s own quantizer, with every scale and zero point of the recipe.",
  },
  {
    id: "nncf",
    title: "NNCF (quantize, compress_weights)",
    help: "A Python script for NNCF: the recipe’s formats layer by layer; ranges are NNCF’s own.",
  },
  {
    id: "olive",
    title: "Olive (workflow)",
    help: "A workflow for Olive with the Python file that reads its samples: types by layer; ranges are Olive’s own.",
  },
  {
    id: "netron",
    title: "Netron (attachment)",
    help: "To look at: dropped on the float network in Netron, each node’s sidebar has its formats and losses.",
  },
  {
    id: "model-explorer",
    title: "Model Explorer (node data)",
    help: "To look at: dropped on the float network in Model Explorer, nodes are coloured by formats and losses.",
  },
] as const;

export type ToolId = (typeof elsewhere)[number]["id"];
