// The field's words, one sentence each.

export const terms = {
  activations:
    "What flows between layers while the network runs; quantized with ranges seen on calibration data.",
  block: "A run of consecutive inputs to an output channel that shares one scale.",
  calibration: "Samples on which the ranges of activations are observed; their labels are not looked at.",
  centroids: "The vectors that blocks of weights are replaced by; as int8 they share one scale.",
  channel: "Each output channel of the weight has its own scale.",
  clip: "The largest value that a quantizer still represents, here as a share of the tensor's largest absolute value; what is beyond is cut off.",
  clipped: "Values beyond the represented range: they become its nearest end.",
  coupling:
    "|H₁₂| / √(H₁₁ H₂₂), from differences of the loss in the logarithms of two clips, at the best place known: 0 apart, 1 as one.",
  curvature: "Gaussian curvature of the loss over two clips at the best place known: near 0 flat.",
  drop: "How much top-1 accuracy falls when only this is quantized, in percentage points.",
  granularity: "Which values share one scale: the whole tensor, one output channel, or a block of a channel.",
  flips:
    "Samples whose highest-scored class is another than the float network's, whether it was right or wrong.",
  grid: "The values that the codes can stand for; everything in between is rounded to the nearest.",
  guessedLabels:
    "Labels were assigned from this network's own answers: agreeing with them is consistency, not accuracy.",
  interaction:
    "Share of the loss's variance over the slice that no sum of a curve for each clip explains: 0 means that each clip can be chosen by itself.",
  kl: "Kullback–Leibler divergence of the quantized network's output distribution from the float network's, averaged over samples, in nats; 0 means the same answer.",
  lapq: "Loss-aware post-training quantization: moves the clips of all tensors together, by the loss of the whole network (Nahshan et al., 2021).",
  mac: "Multiply–accumulate operations for one sample.",
  ratio: "Median of predicted over measured: 1 means that predictions are right in size too.",
  rounding:
    "To nearest: each weight to its nearest code, ties to even. Keeping sums (SQuant): some codes are moved by one so that the errors of each filter cancel.",
  memory:
    "What a session holds: compact weights are decoded at every run, expanded ones once, when the file is loaded.",
  mse: "Squared difference from the float network's output, relative to its energy; 0 means the same answer.",
  multiplier:
    "Bits of b in b / 2ᶜ, the whole number that sums are multiplied by before they are shifted right: each bit halves how far it can be off.",
  opset: "Version of the ONNX operator set that the file is written against.",
  outlier:
    "A channel whose range is over three times the median of the channels' ranges: with one scale for all it takes the codes from the others.",
  percentile: "The range covers this share of the values on either side and clips the rest.",
  predicted: "Sum of what each layer costs alone; layers interact, so it is checked by measuring.",
  range: "How the represented range is chosen: all values, least squared error, or cut at a percentile.",
  spearman:
    "Spearman's rank correlation of predicted and measured loss among the cells of one bit-width: 1 means the same order.",
  sqnr: "Signal to quantization noise ratio in decibels; every bit is worth about 6 dB.",
  symmetric: "Zero point fixed in the middle; otherwise the range is shifted to fit the values.",
  synthetic: "Made-up inputs, not your data: numbers that rest on them show tendencies only.",
  top1: "Share of evaluation samples whose highest-scored class is the labelled one.",
  weights: "The numbers learned in training, stored in the file.",
} as const;

export type TermName = keyof typeof terms;
