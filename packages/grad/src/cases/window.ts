// Cases of convolutions and pools: 1 to 3 axes, groups, strides, dilations, odd sizes, paddings of all kinds.

import { type Attribute, int, ints, type OpType, string } from "@bitscape/graph";
import { between, type GradCase, rule } from "./case.ts";

const at = (values: Record<string, number | readonly number[] | string>): Record<string, Attribute> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "string" ? string(value) : typeof value === "number" ? int(value) : ints(value),
    ]),
  );

const convolutions: readonly GradCase[] = [
  rule("Conv", [[2, 3, 5, 6], [4, 3, 3, 3], [4]], at({ pads: [1, 1, 1, 1] })),
  rule("Conv", [[2, 3, 5, 6], [4, 3, 3, 3], [4]], at({ pads: [1, 1, 1, 1] }), { samples: 2 }),
  rule("Conv", [[1, 2, 5, 4], [3, 2, 1, 1], [3]]),
  rule(
    "Conv",
    [
      [2, 2, 5, 4],
      [3, 2, 1, 1],
    ],
    at({ strides: [2, 2] }),
  ),
  rule(
    "Conv",
    [
      [1, 2, 7, 6],
      [3, 2, 3, 3],
    ],
    at({ strides: [2, 2], pads: [1, 1, 1, 1] }),
  ),
  rule(
    "Conv",
    [
      [2, 2, 8, 7],
      [3, 2, 3, 2],
    ],
    at({ strides: [3, 2], pads: [0, 1, 1, 0] }),
  ),
  rule(
    "Conv",
    [
      [2, 2, 7, 8],
      [3, 2, 3, 3],
    ],
    at({ dilations: [2, 1], pads: [2, 1, 2, 1] }),
  ),
  rule(
    "Conv",
    [
      [1, 2, 9, 9],
      [2, 2, 3, 3],
    ],
    at({ dilations: [2, 3], strides: [2, 2], pads: [2, 2, 1, 3] }),
  ),
  rule(
    "Conv",
    [
      [2, 4, 5, 5],
      [6, 2, 3, 3],
    ],
    at({ group: 2, pads: [1, 1, 1, 1] }),
  ),
  rule(
    "Conv",
    [
      [2, 4, 5, 5],
      [6, 2, 3, 3],
    ],
    at({ group: 2, strides: [2, 2] }),
    { samples: 2 },
  ),
  rule("Conv", [[2, 4, 6, 5], [4, 1, 3, 3], [4]], at({ group: 4, pads: [1, 1, 1, 1] })),
  rule(
    "Conv",
    [
      [2, 4, 6, 5],
      [4, 1, 3, 3],
    ],
    at({ group: 4, pads: [1, 1, 1, 1] }),
    { samples: 2 },
  ),
  rule(
    "Conv",
    [
      [2, 3, 7, 6],
      [3, 1, 3, 3],
    ],
    at({ group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
  ),
  rule(
    "Conv",
    [
      [1, 3, 8, 8],
      [3, 1, 5, 5],
    ],
    at({ group: 3, strides: [2, 2], pads: [2, 2, 2, 2] }),
  ),
  rule(
    "Conv",
    [
      [2, 2, 6, 6],
      [4, 1, 3, 3],
    ],
    at({ group: 2, pads: [1, 1, 1, 1] }),
  ),
  rule(
    "Conv",
    [
      [1, 2, 6, 6],
      [2, 2, 3, 3],
    ],
    at({ auto_pad: "SAME_UPPER", strides: [2, 2] }),
  ),
  rule(
    "Conv",
    [
      [1, 2, 6, 6],
      [2, 2, 3, 3],
    ],
    at({ auto_pad: "SAME_LOWER", strides: [2, 2] }),
  ),
  rule(
    "Conv",
    [
      [1, 2, 6, 5],
      [2, 2, 2, 3],
    ],
    at({ auto_pad: "VALID" }),
  ),
  // Padding beyond the kernel's reach: no flipped convolution goes back.
  rule(
    "Conv",
    [
      [1, 2, 4, 4],
      [2, 2, 2, 2],
    ],
    at({ pads: [2, 2, 2, 2] }),
  ),
  rule(
    "Conv",
    [
      [2, 3, 9],
      [4, 3, 3],
    ],
    at({ strides: [2], pads: [1, 1] }),
  ),
  rule("Conv", [[2, 4, 9], [4, 2, 3], [4]], at({ group: 2, dilations: [2] })),
  rule(
    "Conv",
    [
      [2, 4, 9],
      [4, 1, 4],
    ],
    at({ group: 4, pads: [3, 0] }),
  ),
  rule("Conv", [[1, 2, 4, 5, 4], [3, 2, 2, 3, 2], [3]], at({ pads: [0, 1, 0, 1, 1, 1] })),
  rule(
    "Conv",
    [
      [1, 2, 5, 5, 4],
      [2, 1, 3, 3, 3],
    ],
    at({ group: 2, strides: [2, 1, 2], pads: [1, 1, 1, 1, 1, 1] }),
  ),
  // Patches, and a kernel as large as the image.
  rule(
    "Conv",
    [
      [2, 3, 6, 4],
      [5, 3, 3, 2],
    ],
    at({ strides: [3, 2] }),
  ),
  rule(
    "Conv",
    [
      [2, 4, 4, 4],
      [4, 2, 2, 2],
    ],
    at({ strides: [2, 2], group: 2 }),
    { samples: 2 },
  ),
  rule("Conv", [
    [2, 2, 5, 4],
    [3, 2, 5, 4],
  ]),
  // Many taps.
  rule(
    "Conv",
    [
      [2, 2, 12, 11],
      [2, 2, 9, 8],
    ],
    at({ pads: [1, 2, 1, 0] }),
  ),
  rule(
    "Conv",
    [
      [2, 4, 12, 11],
      [4, 2, 9, 8],
    ],
    at({ group: 2, strides: [2, 1], pads: [1, 2, 1, 0] }),
  ),
  rule("ConvTranspose", [[2, 3, 4, 5], [3, 2, 3, 3], [2]]),
  rule("ConvTranspose", [[2, 3, 4, 5], [3, 2, 3, 3], [2]], at({ strides: [2, 2], pads: [1, 1, 1, 1] })),
  rule(
    "ConvTranspose",
    [
      [2, 4, 4, 3],
      [4, 2, 3, 3],
    ],
    at({ group: 2, strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
  ),
  rule(
    "ConvTranspose",
    [
      [1, 2, 4, 4],
      [2, 3, 2, 2],
    ],
    at({ strides: [2, 2] }),
    { samples: 1 },
  ),
  rule(
    "ConvTranspose",
    [
      [1, 2, 4, 4],
      [2, 3, 3, 2],
    ],
    at({ dilations: [2, 1], strides: [1, 3], pads: [1, 0, 0, 1] }),
  ),
  rule(
    "ConvTranspose",
    [
      [2, 3, 4, 4],
      [3, 1, 3, 3],
    ],
    at({ group: 3, strides: [2, 2] }),
  ),
  rule(
    "ConvTranspose",
    [
      [1, 2, 3, 4],
      [2, 2, 3, 3],
    ],
    at({ strides: [2, 2], output_shape: [6, 8] }),
  ),
  rule(
    "ConvTranspose",
    [
      [1, 2, 3, 4],
      [2, 2, 3, 3],
    ],
    at({ strides: [2, 2], auto_pad: "SAME_UPPER" }),
  ),
  rule(
    "ConvTranspose",
    [
      [1, 2, 3, 4],
      [2, 2, 3, 3],
    ],
    at({ strides: [2, 2], auto_pad: "SAME_LOWER" }),
  ),
  rule("ConvTranspose", [[2, 2, 5], [2, 3, 4], [3]], at({ strides: [2], pads: [1, 0] })),
  rule(
    "ConvTranspose",
    [
      [1, 2, 3, 3, 2],
      [2, 2, 2, 2, 3],
    ],
    at({ strides: [2, 1, 2] }),
  ),
];

const pools: readonly OpType[] = ["MaxPool", "AveragePool", "LpPool"];
const pooled: readonly (readonly [readonly number[], Record<string, Attribute>, number?])[] = [
  [[2, 2, 6, 6], at({ kernel_shape: [2, 2], strides: [2, 2] })],
  [[2, 2, 7, 6], at({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })],
  [[1, 2, 5, 7], at({ kernel_shape: [3, 2] })],
  [[1, 2, 7, 7], at({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }), 22],
  [[1, 2, 8, 8], at({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }), 22],
  [[1, 2, 7, 8], at({ kernel_shape: [2, 3], strides: [2, 2], dilations: [2, 1] }), 22],
  [[1, 2, 6, 7], at({ kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" })],
  [[1, 2, 6, 7], at({ kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_LOWER" })],
  [[2, 3, 9], at({ kernel_shape: [3], strides: [2], pads: [1, 0] })],
  [[1, 2, 4, 5, 4], at({ kernel_shape: [2, 2, 2], strides: [2, 1, 2] })],
  [[2, 2, 4, 3], at({ kernel_shape: [4, 3] })],
];

export const windowCases: readonly GradCase[] = [
  ...convolutions,
  ...pools.flatMap((op) =>
    pooled.map(([shape, attributes, opset]) =>
      rule(op, [shape], attributes, opset ? { opsets: [opset] } : {}),
    ),
  ),
  ...pooled.map(([shape, attributes, opset]) =>
    rule("MaxPool", [shape], attributes, { maxima: "comparison", opsets: [opset ?? 17] }),
  ),
  rule("MaxPool", [[2, 2, 5, 5]], at({ kernel_shape: [3, 3] }), { outputs: 2, opsets: [17] }),
  rule(
    "AveragePool",
    [[2, 2, 7, 6]],
    at({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
  ),
  rule(
    "AveragePool",
    [[1, 2, 8, 8]],
    at({ kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1, ceil_mode: 1 }),
    { opsets: [22] },
  ),
  rule("LpPool", [[1, 2, 5, 5]], at({ kernel_shape: [2, 2], p: 1 })),
  rule("LpPool", [[1, 2, 5, 5]], at({ kernel_shape: [2, 2], p: 3 })),
  rule("GlobalAveragePool", [[2, 3, 4, 5]]),
  rule("GlobalAveragePool", [[2, 3, 4]]),
  rule("GlobalMaxPool", [[2, 3, 4, 5]]),
  // ONNX Runtime 1.30 has no kernel for its opset 22.
  rule("GlobalLpPool", [[2, 3, 4, 5]], {}, { opsets: [13] }),
  rule("GlobalLpPool", [between(0.5, 2, 2, 3, 4, 5)], at({ p: 3 }), { opsets: [13] }),
];
