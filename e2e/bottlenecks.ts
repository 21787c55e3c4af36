// A synthetic classifier of 100 MB: the layout of ResNet-50 (He et al. 2015, table 1; normalization folded, 54 layers, 25.5 million
// parameters, 64 to 2048 channels) with random weights, for pictures of 64×64. Its answers mean nothing.

import { build, type Constant, constantOf, encodeModel, int, ints, type Node } from "@bitscape/graph";
import { normal, seededRandom, sizeOf, tensor } from "@bitscape/tensor";

/** Blocks of each stage, and the channels inside one; four times as many come out. */
const stages = [
  { blocks: 3, channels: 64 },
  { blocks: 4, channels: 128 },
  { blocks: 6, channels: 256 },
  { blocks: 3, channels: 512 },
] as const;
const classes = 1000;

export function bottleneckModel(seed = 1): Uint8Array {
  const random = seededRandom(seed);
  const { node, value } = build;
  const nodes: Node[] = [];
  const constants: Constant[] = [];

  /** He's initialization, times `gain`. */
  const weight = (name: string, shape: readonly number[], gain = 1): string => {
    const deviation = gain * Math.sqrt(2 / sizeOf(shape.slice(1)));
    const values = Float32Array.from({ length: sizeOf(shape) }, () => deviation * normal(random));
    constants.push(constantOf(name, tensor("float32", shape, values)));
    return name;
  };
  const conv = (
    scope: string,
    input: string,
    [from, to]: readonly [number, number],
    { size = 1, stride = 1, gain = 1 } = {},
  ): string => {
    const side = (size - 1) / 2;
    const attributes = { pads: ints([side, side, side, side]), strides: ints([stride, stride]) };
    const inputs = [input, weight(`${scope}.weight`, [to, from, size, size], gain)];
    nodes.push(node("Conv", inputs, [`${scope}/y`], attributes, `${scope}/Conv`));
    return `${scope}/y`;
  };
  const relu = (scope: string, input: string): string => {
    nodes.push(node("Relu", [input], [`${scope}/y`], {}, scope));
    return `${scope}/y`;
  };

  let at = relu("/relu/Relu", conv("/conv1", "x", [3, 64], { size: 7, stride: 2 }));
  const pool = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) };
  nodes.push(node("MaxPool", [at], ["pool"], pool, "/maxpool/MaxPool"));
  at = "pool";
  let width = 64;
  for (const [i, { blocks, channels }] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const scope = `/layer${i + 1}/layer${i + 1}.${block}`;
      const stride = i > 0 && block === 0 ? 2 : 1;
      const out = 4 * channels;
      const a = relu(`${scope}/relu/Relu`, conv(`${scope}/conv1`, at, [width, channels]));
      const b = conv(`${scope}/conv2`, a, [channels, channels], { size: 3, stride });
      // A block adds little to what passes it by, so that nothing grows with depth.
      const c = conv(`${scope}/conv3`, relu(`${scope}/relu_1/Relu`, b), [channels, out], { gain: 0.3 });
      const past = block > 0 ? at : conv(`${scope}/downsample`, at, [width, out], { stride, gain: 0.7 });
      nodes.push(node("Add", [c, past], [`${scope}/sum`], {}, `${scope}/Add`));
      at = relu(`${scope}/relu_2/Relu`, `${scope}/sum`);
      width = out;
    }
  }
  nodes.push(
    node("GlobalAveragePool", [at], ["mean"], {}, "/avgpool/GlobalAveragePool"),
    node("Flatten", ["mean"], ["flat"], {}, "/Flatten"),
    node("Gemm", ["flat", weight("fc.weight", [classes, width])], ["y"], { transB: int(1) }, "/fc/Gemm"),
  );
  const inputs = [value("x", "float32", ["N", 3, 64, 64])];
  const outputs = [value("y", "float32", ["N", classes])];
  return encodeModel(build.model(build.graph({ nodes, constants, inputs, outputs }), 17));
}
