// The sample networks that ship in public/samples: where each file is, what it expects and how well it does in float.

export interface Sample {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What it does, in a few words. */
  readonly task: string;
  /** Of the file. */
  readonly bytes: number;
  readonly parameters: number;
  /** Layers with weights. */
  readonly layers: number;
  /** Relative to where the app is served from. */
  readonly file: string;
  readonly dataset: "shapes";
  /** x = (pixel · scale − mean) / std, one mean and std a channel; the input is [N, 3, 32, 32], RGB. */
  readonly preprocess: {
    readonly scale: number;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  readonly inputName: string;
  /** Top-1 accuracy of the float network on `evaluationSplit`, in [0, 1]. */
  readonly floatTop1: number;
}

const preprocess = { scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

export const samples: readonly Sample[] = [
  {
    name: "shapes-resnet",
    title: "Shapes ResNet",
    description:
      "A small residual network of plain 3×3 convolutions that tells twelve drawn figures apart. 8 bits cost nothing, 3 bits a few points; at 2 bits its stem alone ruins it.",
    task: "Images of 32×32 pixels, 12 classes",
    bytes: 735_245,
    parameters: 182_836,
    layers: 13,
    file: "samples/shapes-resnet.onnx",
    dataset: "shapes",
    preprocess,
    inputName: "input",
    floatTop1: 0.9775,
  },
  {
    name: "shapes-mobile",
    title: "Shapes MobileNet",
    description:
      "The same task with inverted residuals: depthwise convolutions between 1×1 ones, clipped at 6. 2 bits everywhere cost 30 points, and a third of that is one layer of 216 weights.",
    task: "Images of 32×32 pixels, 12 classes",
    bytes: 411_585,
    parameters: 101_038,
    layers: 23,
    file: "samples/shapes-mobile.onnx",
    dataset: "shapes",
    preprocess,
    inputName: "input",
    floatTop1: 0.9705,
  },
];

/** The sample of a name; throws where there is none. */
export function sampleNamed(name: string): Sample {
  const found = samples.find((sample) => sample.name === name);
  if (!found) {
    throw new Error(
      `sample ${name}: not bundled, expected ${samples.map((sample) => sample.name).join(" or ")}`,
    );
  }
  return found;
}
