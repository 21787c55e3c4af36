// Which ops of ai.onnx changed at which opset: every (op, version) from 8 to 26 that has an earlier version.
// Data only, 349 pairs; that a change is harmless is compatible.ts, what is done about one that is not is steps.ts.
// Source: onnx 1.23.2, onnx.defs.get_all_schemas_with_history(), domain "".

const changed: Readonly<Record<number, string>> = {
  8: "Max MaxPool Mean Min Sum",
  9: "BatchNormalization Cast Constant Flatten Gemm Greater Less MatMul PRelu Scan Upsample",
  10: "AveragePool Dropout MaxPool Slice TopK Upsample",
  11:
    "ArgMax ArgMin AveragePool Clip Compress Concat Constant Conv ConvTranspose DepthToSpace Equal " +
    "Flatten Gather Gemm Hardmax If LogSoftmax Loop LpPool MaxPool MaxUnpool NonMaxSuppression OneHot " +
    "Pad ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd " +
    "ReduceSum ReduceSumSquare Resize Scan Scatter Slice Softmax Split Squeeze TopK Unsqueeze",
  12: "ArgMax ArgMin Clip Constant Dropout GatherND Max MaxPool Min Pow ReduceMax ReduceMin",
  13:
    "Abs Add ArgMax ArgMin Cast Ceil Clip Concat Constant DepthToSpace DequantizeLinear Div Dropout " +
    "Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gemm Greater Hardmax Identity " +
    "If IsNaN LRN Less Log LogSoftmax Loop MatMul Max Mean MeanVarianceNormalization Min Mod Mul Neg " +
    "NegativeLogLikelihoodLoss NonZero Pad Pow QuantizeLinear Reciprocal ReduceL1 ReduceL2 " +
    "ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare " +
    "Relu Reshape Resize ScatterElements ScatterND Shape Sigmoid Sign Size Slice Softmax " +
    "SoftmaxCrossEntropyLoss SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Unsqueeze",
  14: "Add BatchNormalization CumSum Div GRU Identity LSTM Mul RNN Relu Reshape Sub",
  15: "BatchNormalization Pow Shape",
  16:
    "GreaterOrEqual Identity If LeakyRelu LessOrEqual Loop PRelu RoiAlign Scan ScatterElements " +
    "ScatterND Where",
  18:
    "LpPool OptionalGetElement OptionalHasElement Pad ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp " +
    "ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Resize ScatterElements ScatterND Split",
  19:
    "AveragePool Cast CastLike Constant DequantizeLinear Equal Identity If Loop Pad QuantizeLinear " +
    "Reshape Resize Scan Shape Size",
  20: "ConstantOfShape DFT GridSample IsInf IsNaN ReduceMax ReduceMin",
  21:
    "Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten GroupNormalization Identity If " +
    "Loop Pad QLinearMatMul QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze",
  22:
    "Acos Acosh Asin Asinh Atan Atanh AveragePool Bernoulli Conv ConvTranspose Cos Cosh DeformConv " +
    "Det Dropout Elu EyeLike GRU GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample HardSigmoid " +
    "HardSwish InstanceNormalization LSTM LpNormalization LpPool MaxPool MaxRoiPool MaxUnpool Mish " +
    "Multinomial NegativeLogLikelihoodLoss RNN RandomNormal RandomNormalLike RandomUniform " +
    "RandomUniformLike RoiAlign Round Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu",
  23:
    "Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad " +
    "QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze",
  24:
    "Attention Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad " +
    "QuantizeLinear Reshape Scan Shape Size SplitToSequence Squeeze TopK Transpose Unsqueeze",
  25:
    "Attention Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad " +
    "QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze",
};

/** The newest opset whose changes are listed here, and that ONNX Runtime 1.30 takes (measured: 27 is refused). */
export const newestOpset = 26;

/** The oldest opset that a model can be raised from (earlier ones broadcast by attribute), and ONNX Runtime guarantees. */
export const oldestOpset = 7;

const byOp = new Map<string, number[]>();
for (const [version, ops] of Object.entries(changed)) {
  for (const op of ops.split(" ")) byOp.set(op, [...(byOp.get(op) ?? []), Number(version)]);
}

/** The opsets in (from, to] at which an op changed, in ascending order. */
export function changesOf(op: string, from: number, to: number): readonly number[] {
  return (byOp.get(op) ?? []).filter((version) => version > from && version <= to);
}

/** Every change that is listed. */
export function allChanges(): readonly (readonly [op: string, version: number])[] {
  return [...byOp].flatMap(([op, versions]) => versions.map((version) => [op, version] as const));
}
