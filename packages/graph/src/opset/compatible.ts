// Changes of ops that were read and found harmless: an old node is a legal new node and means the same.
// Not the changes that steps.ts converts or refuses. Source: onnx 1.23.2, schemas and doc strings compared pairwise.

/**
 * Same inputs, outputs, attributes and defaults: more element types, negative axes, or clearer words.
 * Worth a note: ConvTranspose 11 corrects a formula for auto_pad that contradicted the attribute's own text;
 * OneHot 11 gives a meaning to negative indices that 9 called illegal; AveragePool and MaxPool 22 drop windows
 * that start in the padding, as runtimes always did.
 */
const reworded: Readonly<Record<number, string>> = {
  8: "Max Mean Min Sum",
  9: "Cast Constant Flatten Gemm Greater Less MatMul PRelu",
  11:
    "ArgMax ArgMin AveragePool Compress Concat Conv ConvTranspose Equal Flatten Gather Hardmax If " +
    "LogSoftmax Loop LpPool MaxPool MaxUnpool NonMaxSuppression OneHot ReduceL1 ReduceL2 ReduceLogSum " +
    "ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Scan Slice " +
    "Softmax Split Squeeze Unsqueeze",
  12: "Clip Max MaxPool Min Pow ReduceMax ReduceMin",
  13:
    "Abs Add ArgMax ArgMin Cast Ceil Clip Concat Constant DepthToSpace Div Dropout Equal Erf Exp " +
    "Expand Flatten Floor Gather GatherElements GatherND Gemm Greater Identity If IsNaN LRN Less Log " +
    "Loop MatMul Max Mean MeanVarianceNormalization Min Mod Mul Neg NegativeLogLikelihoodLoss NonZero " +
    "Pad Pow Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin " +
    "ReduceProd ReduceSumSquare Relu Reshape ScatterElements ScatterND Shape Sigmoid Sign Size Slice " +
    "SoftmaxCrossEntropyLoss SpaceToDepth Sqrt Sub Sum Tanh Tile Transpose",
  14: "Add CumSum Div Identity Mul Relu Sub",
  15: "BatchNormalization Pow",
  16: "GreaterOrEqual Identity If LeakyRelu LessOrEqual Loop PRelu Scan Where",
  18: "OptionalGetElement ScatterElements ScatterND",
  19: "Constant DequantizeLinear Equal Identity If Loop Pad Reshape Resize Scan Shape Size",
  20: "ConstantOfShape IsInf IsNaN ReduceMax ReduceMin",
  21:
    "Cast CastLike Constant ConstantOfShape Flatten Identity If Loop Pad QLinearMatMul Reshape Scan " +
    "Shape Size Squeeze Transpose Unsqueeze",
  22:
    "Acos Acosh Asin Asinh Atan Atanh AveragePool Bernoulli Conv ConvTranspose Cos Cosh DeformConv " +
    "Det Dropout Elu EyeLike GRU GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample HardSigmoid " +
    "HardSwish InstanceNormalization LSTM LpNormalization LpPool MaxPool MaxRoiPool MaxUnpool Mish " +
    "Multinomial NegativeLogLikelihoodLoss RNN RandomNormal RandomNormalLike RandomUniform " +
    "RandomUniformLike RoiAlign Round Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu",
  23:
    "Cast CastLike Constant ConstantOfShape Flatten Identity If Loop Pad Reshape Scan Shape Size " +
    "Squeeze Transpose Unsqueeze",
  24:
    "Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QuantizeLinear Reshape " +
    "Scan Shape Size SplitToSequence Squeeze TopK Transpose Unsqueeze",
  25:
    "Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad " +
    "QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze",
};

/** A new attribute, input or output; its absence means what the op meant before. */
const extended: Readonly<Record<number, string>> = {
  8: "MaxPool",
  10: "AveragePool MaxPool",
  11: "Constant DepthToSpace Gemm TopK",
  12: "ArgMax ArgMin Constant GatherND",
  13: "DequantizeLinear QuantizeLinear",
  14: "GRU LSTM RNN Reshape",
  15: "Shape",
  16: "ScatterElements ScatterND",
  18: "LpPool OptionalHasElement Pad Resize",
  19: "AveragePool Cast CastLike QuantizeLinear",
  21: "DequantizeLinear QuantizeLinear",
  23: "DequantizeLinear QuantizeLinear",
  24: "Attention Cast CastLike",
  25: "Attention",
};

const reviewed = new Set<string>();
for (const table of [reworded, extended]) {
  for (const [version, ops] of Object.entries(table)) {
    for (const op of ops.split(" ")) reviewed.add(`${op} ${version}`);
  }
}

/** Whether a node of the version before is a node of this version with the same meaning. */
export function isCompatible(op: string, version: number): boolean {
  return reviewed.has(`${op} ${version}`);
}

/** Every change that was reviewed. */
export function allCompatible(): readonly (readonly [op: string, version: number])[] {
  return [...reviewed].map((each) => {
    const [op = "", version] = each.split(" ");
    return [op, Number(version)] as const;
  });
}
