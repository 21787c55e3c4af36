// Cases of operators that move, pick or place elements, and of fused attention.

import { type Attribute, float, int, ints, string } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { between, type Drawn, type GradCase, integers, long, longs, real, reals, rule } from "./case.ts";

const x = [3, 4, 5];
const modern = { opsets: [16, 23] };

const slice = (starts: number[], ends: number[], axes?: number[], steps?: number[]) =>
  rule("Slice", [
    x,
    longs(...starts),
    longs(...ends),
    ...[axes, steps].flatMap((each) => (each ? [longs(...each)] : [])),
  ]);

const resize = (
  shape: readonly number[] | Drawn,
  scales: number[] | undefined,
  sizes: number[] | undefined,
  attributes: Record<string, Attribute>,
  opsets = [13, 19],
) =>
  rule(
    "Resize",
    [shape, "", scales ? reals(...scales) : "", ...(sizes ? [longs(...sizes)] : [])],
    attributes,
    { opsets },
  );

const mode = (name: string, coordinates?: string, nearest?: string): Record<string, Attribute> => ({
  mode: string(name),
  ...(coordinates && { coordinate_transformation_mode: string(coordinates) }),
  ...(nearest && { nearest_mode: string(nearest) }),
});

const resizes: readonly GradCase[] = [
  resize([1, 2, 3, 4], [1, 1, 2, 2], undefined, mode("nearest", "asymmetric", "floor")),
  resize([1, 2, 3, 4], [1, 1, 2, 3], undefined, mode("nearest")),
  resize([1, 2, 5, 6], undefined, [1, 2, 3, 4], mode("nearest", "half_pixel", "round_prefer_ceil")),
  resize([1, 2, 5, 6], undefined, [1, 2, 8, 7], mode("nearest", "align_corners", "ceil")),
  resize([1, 2, 4, 3], [1, 1, 2, 2], undefined, mode("linear")),
  resize([1, 2, 4, 5], undefined, [1, 2, 7, 3], mode("linear", "align_corners")),
  resize([1, 2, 4, 5], undefined, [1, 2, 7, 9], mode("linear", "pytorch_half_pixel")),
  resize([1, 2, 4, 5], undefined, [1, 2, 6, 9], mode("linear", "asymmetric")),
  resize([1, 1, 4, 5], undefined, [1, 1, 7, 9], mode("cubic")),
  resize([1, 1, 4, 5], [1, 1, 2, 1.6], undefined, {
    ...mode("cubic", "half_pixel"),
    cubic_coeff_a: float(-0.5),
    exclude_outside: int(1),
  }),
  resize([1, 2, 4, 5], undefined, [7, 3], { ...mode("linear"), axes: ints([2, 3]) }, [18]),
  resize([1, 2, 4, 5], undefined, [1, 2, 7, 3], mode("linear", "half_pixel_symmetric"), [19]),
];

const heads = { q_num_heads: int(4), kv_num_heads: int(2) };
const at23 = { opsets: [23] };
const attentions: readonly GradCase[] = [
  rule(
    "Attention",
    [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 3],
    ],
    {},
    at23,
  ),
  rule(
    "Attention",
    [
      [2, 3, 8],
      [2, 5, 4],
      [2, 5, 6],
    ],
    { ...heads, scale: float(0.3) },
    at23,
  ),
  rule(
    "Attention",
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    { is_causal: int(1) },
    at23,
  ),
  rule(
    "Attention",
    [
      [1, 2, 3, 4],
      [1, 2, 5, 4],
      [1, 2, 5, 4],
      [3, 5],
    ],
    {},
    at23,
  ),
  rule(
    "Attention",
    [[1, 2, 2, 4], [1, 2, 3, 4], [1, 2, 3, 4], tensor("bool", [2, 3], [1, 0, 1, 1, 1, 0])],
    { softcap: float(1.5) },
    at23,
  ),
  rule(
    "RotaryEmbedding",
    [[1, 2, 3, 4], between(-1, 1, 1, 3, 2), between(-1, 1, 1, 3, 2)].map((each, i) =>
      i === 0
        ? each
        : tensor(
            "float32",
            [1, 3, 2],
            [0.1, 0.9, -0.4, 0.3, 0.7, -0.8].map((v) => v * i),
          ),
    ),
    {},
    at23,
  ),
  rule("com.microsoft.RotaryEmbedding", [
    [1, 2, 3, 4],
    integers([1, 3], [0, 2, 1]),
    tensor("float32", [4, 2], [0.1, 0.9, -0.4, 0.3, 0.7, -0.8, 0.2, 0.4]),
    tensor("float32", [4, 2], [0.3, -0.9, 0.4, 0.5, 0.7, 0.8, -0.2, 0.6]),
  ]),
];

export const layoutCases: readonly GradCase[] = [
  ...resizes,
  ...attentions,
  rule("Reshape", [x, longs(5, 0, -1)]),
  rule("Flatten", [x], { axis: int(2) }),
  rule("Squeeze", [[3, 1, 2], longs(1)]),
  rule("Unsqueeze", [[3, 2], longs(0, 3)]),
  rule("Transpose", [x], { perm: ints([2, 0, 1]) }),
  rule("Transpose", [x]),
  slice([1, 0], [3, 4]),
  slice([1], [-1], [-2]),
  slice([0, 1], [9, 5], [1, 2], [2, 3]),
  slice([-1, 3], [-99, 0], [2, 1], [-1, -2]),
  rule(
    "Concat",
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    { axis: int(1) },
  ),
  rule(
    "Concat",
    [
      [1, 3],
      [2, 3],
    ],
    { axis: int(-2) },
  ),
  rule("Split", [[2, 6]], { axis: int(1) }, { outputs: 3, opsets: [13] }),
  rule("Split", [[2, 6], longs(1, 3, 2)], { axis: int(1) }, { outputs: 3 }),
  rule("Split", [[4, 2]], { num_outputs: int(2) }, { outputs: 2, opsets: [18] }),
  rule("Pad", [[2, 3, 4], longs(0, 1, 2, 1, 0, 3)]),
  rule("Pad", [[2, 3, 4], longs(0, 1, -1, 1, -1, 3), between(0.3, 0.5)]),
  rule("Pad", [[2, 3, 4], longs(2, 1), real(1), longs(-1)], {}, { opsets: [18] }),
  rule("Pad", [[2, 3, 4], longs(0, 1, 2, 0, 2, 3)], { mode: string("reflect") }),
  rule("Pad", [[2, 3, 4], longs(0, 1, 2, 0, 2, 3)], { mode: string("edge") }),
  rule("Pad", [[2, 3, 4], longs(0, 1, 2, 0, 2, 3)], { mode: string("wrap") }, { opsets: [19] }),
  rule("Expand", [[3, 1], longs(2, 3, 4)]),
  rule("Expand", [[], longs(2, 3)]),
  rule("Expand", [[2, 3], longs(1, 1)]),
  rule("Tile", [[2, 3], longs(2, 3)]),
  rule("DepthToSpace", [[1, 8, 2, 3]], { blocksize: int(2) }),
  rule("DepthToSpace", [[1, 8, 2, 3]], { blocksize: int(2), mode: string("CRD") }),
  rule("SpaceToDepth", [[1, 2, 4, 6]], { blocksize: int(2) }),
  rule("Trilu", [[2, 3, 4]], {}, { opsets: [14] }),
  rule("Trilu", [[2, 3, 4], long(1)], { upper: int(0) }, { opsets: [14] }),
  rule("CumSum", [[2, 5], long(1)]),
  rule("CumSum", [[2, 5], long(0)], { reverse: int(1) }),
  rule("CumSum", [[2, 5], long(-1)], { exclusive: int(1) }),
  rule("ReverseSequence", [[4, 2, 3], longs(3, 2)]),
  rule("Gather", [x, long(-1)], { axis: int(1) }),
  rule("Gather", [x, longs(0, 2)], { axis: int(2) }),
  rule("Gather", [x, longs(0, 2, 2, -1)], { axis: int(2) }),
  rule("Gather", [[5, 3], integers([2, 3], [0, 4, 4, 1, -1, 0])]),
  rule("GatherElements", [[3, 4], integers([2, 4], [0, 1, 2, 0, 2, 1, 2, -3])], {}, modern),
  rule("GatherElements", [[3, 4], integers([3, 2], [0, 3, 1, 1, 2, 0])], { axis: int(1) }, modern),
  rule("GatherND", [[3, 4, 2], integers([3, 2], [0, 1, 2, 3, 0, 1])], {}, modern),
  rule("GatherND", [[2, 3, 4], integers([2, 2, 1], [0, 2, 1, 1])], { batch_dims: int(1) }, modern),
  rule("ScatterElements", [[3, 4], integers([2, 2], [0, 1, 2, 0]), [2, 2]]),
  rule("ScatterElements", [[3, 4], integers([2, 2], [0, 1, 2, 0]), [2, 2]], { axis: int(1) }),
  rule(
    "ScatterElements",
    [[3, 4], integers([2, 2], [0, 1, 0, 0]), [2, 2]],
    { reduction: string("add") },
    modern,
  ),
  rule("ScatterND", [[3, 4], integers([2, 1], [2, 0]), [2, 4]]),
  rule("ScatterND", [[3, 4], integers([2, 1], [2, 2]), [2, 4]], { reduction: string("add") }, modern),
  rule("TopK", [[3, 5], longs(2)], {}, { outputs: 2 }),
  rule("TopK", [[3, 5], longs(2)], { axis: int(0), largest: int(0) }, { outputs: 2 }),
];
