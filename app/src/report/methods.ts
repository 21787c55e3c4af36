// What was done, in the words and with the references of the literature: a row a method, with what tells that it was used.

import { type Estimator, learnedIn, type RangeRule, type Recipe, type Scheme } from "@bitscape/engine";

export interface Used {
  readonly recipe: Recipe;
  /** Schemes of all quantized tensors. */
  readonly schemes: readonly Scheme[];
  /** How predictions were made, where any were. */
  readonly estimator: Estimator | null;
  readonly metric: string;
}

export interface Method {
  readonly text: string;
  readonly reference: string;
}

interface Row extends Method {
  readonly when: (used: Used) => boolean;
}

const family = (pattern: RegExp) => (used: Used) => used.schemes.some(({ format }) => pattern.test(format));
const baseOf = (range: RangeRule): RangeRule =>
  typeof range === "object" && "ratio" in range ? (range.of ?? "minmax") : range;
const ranged = (test: (range: RangeRule) => boolean) => (used: Used) =>
  used.schemes.some(({ range }) => test(range));
const has = (range: RangeRule, key: string) => typeof range === "object" && key in range;

const rows: readonly Row[] = [
  {
    when: family(/^u?int/),
    text: "Affine integer quantization, x ≈ scale · (code − zero point), codes rounded to nearest with ties to even, as QuantizeLinear and DequantizeLinear define it.",
    reference:
      "B. Jacob et al., Quantization and training of neural networks for efficient integer-arithmetic-only inference, CVPR 2018, arXiv:1712.05877",
  },
  {
    when: family(/^float8|^fp/),
    text: "Narrow floating-point formats, scaled per group.",
    reference: "P. Micikevicius et al., FP8 formats for deep learning, 2022, arXiv:2209.05433",
  },
  {
    when: family(/^nf4/),
    text: "NF4: levels at the quantiles of a normal distribution, scaled per group by its largest magnitude.",
    reference:
      "T. Dettmers et al., QLoRA: efficient finetuning of quantized LLMs, NeurIPS 2023, arXiv:2305.14314",
  },
  {
    when: family(/^codebook/),
    text: "A codebook per group by k-means.",
    reference: "S. Han et al., Deep compression, ICLR 2016, arXiv:1510.00149",
  },
  {
    when: family(/^product/),
    text: "Product quantization: codebooks of sub-vectors by k-means.",
    reference: "P. Stock et al., And the bit goes down, ICLR 2020, arXiv:1907.05686",
  },
  {
    when: family(/^log/),
    text: "Powers of two.",
    reference:
      "D. Miyashita et al., Convolutional neural networks using logarithmic data representation, 2016, arXiv:1603.01025",
  },
  {
    when: family(/^ternary/),
    text: "Ternary weights with a threshold and a scale per group.",
    reference: "F. Li et al., Ternary weight networks, 2016, arXiv:1605.04711",
  },
  {
    when: family(/^binary/),
    text: "Binary weights, scaled by the mean magnitude of their group.",
    reference: "M. Rastegari et al., XNOR-Net, ECCV 2016, arXiv:1603.05279",
  },
  {
    when: ranged((range) => baseOf(range) === "sawb"),
    text: "Clips fitted to the first two moments of the weights (SAWB).",
    reference: "J. Choi et al., Accurate and efficient 2-bit quantized neural networks, SysML 2019",
  },
  {
    when: ranged((range) => baseOf(range) === "mse" || has(baseOf(range), "lp")),
    text: "Clips of least error on the exact integer grid.",
    reference: "M. Nagel et al., A white paper on neural network quantization, 2021, arXiv:2106.08295",
  },
  {
    when: ranged((range) => has(range, "ratio") || has(baseOf(range), "clip")),
    text: "Clips chosen together by the network's loss (LAPQ: layer-wise Lp optima, then Powell's method), or set by hand on the loss landscape or the histogram.",
    reference: "Y. Nahshan et al., Loss aware post-training quantization, 2019, arXiv:1911.07190",
  },
  {
    when: ({ schemes }) => schemes.some(({ rounding }) => rounding === "squant"),
    text: "Rounding that keeps the sum of each kernel and channel (SQuant).",
    reference:
      "C. Guo et al., SQuant: on-the-fly data-free quantization via diagonal Hessian approximation, ICLR 2022, arXiv:2202.07471",
  },
  {
    when: ({ recipe }) => (recipe.repairs ?? []).includes("bias-correction"),
    text: "Bias correction by the mean output error on calibration data.",
    reference:
      "M. Nagel et al., Data-free quantization through weight equalization and bias correction, ICCV 2019, arXiv:1906.04721",
  },
  {
    when: ({ recipe }) => (recipe.repairs ?? []).includes("equalization"),
    text: "Equalisation of channels' ranges across neighbouring layers before quantization.",
    reference:
      "M. Nagel et al., Data-free quantization through weight equalization and bias correction, ICCV 2019, arXiv:1906.04721",
  },
  {
    when: ({ recipe }) => learnedIn(recipe) !== undefined,
    text: "Rounding learned layer by layer: up or down, so that the layer's output on calibration data stays near the float one's.",
    reference:
      "M. Nagel et al., Up or down? Adaptive rounding for post-training quantization, ICML 2020, arXiv:2004.10568",
  },
  {
    when: ({ recipe }) => recipe.tokens !== undefined,
    text: "The first tokens, whose activations are outliers, folded into constants.",
    reference:
      "T. Zhao et al., MixDQ: memory-efficient few-step text-to-image diffusion models with metric-decoupled mixed precision quantization, ECCV 2024, arXiv:2405.17873",
  },
  {
    when: ({ recipe }) => recipe.arithmetic !== undefined,
    text: "Integers alone between the first quantizer and the last; rescaling by whole numbers and shifts.",
    reference: "Z. Yao et al., HAWQ-V3: dyadic neural network quantization, ICML 2021, arXiv:2011.10680",
  },
  {
    when: ({ estimator }) => estimator === "gauss-newton" || estimator === "fisher",
    text: "Predicted sensitivity: half the mean square of the loss's directional derivative along the quantization error, in the Fisher metric of the output (Gauss–Newton).",
    reference:
      "J. Martens, New insights and perspectives on the natural gradient method, JMLR 2020, arXiv:1412.1193",
  },
  {
    when: ({ estimator }) => estimator === "hawq",
    text: "Predicted sensitivity: mean curvature times squared weight error (HAWQ-V2).",
    reference:
      "Z. Dong et al., HAWQ-V2: Hessian aware trace-weighted quantization, NeurIPS 2020, arXiv:1911.03852",
  },
  {
    when: ({ metric }) => metric === "kl",
    text: "Loss: Kullback–Leibler divergence of the output distribution from the float network's, in nats; no labels needed.",
    reference: "S. Kullback, R. A. Leibler, On information and sufficiency, Ann. Math. Statist. 1951",
  },
  {
    when: () => true,
    text: "Intervals at 95 %: of accuracies Wilson's score interval; of mean divergences Student's on the logarithm, with as many degrees of freedom as samples carry the mean.",
    reference:
      "E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 1927; B. L. Welch, The generalization of Student's problem, Biometrika 1947",
  },
];

/** The methods that a recipe and its numbers rest on. */
export const methodsOf = (used: Used): Method[] => rows.filter(({ when }) => when(used));
