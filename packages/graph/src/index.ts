export * from "./attribute.ts";
export * as build from "./build.ts";
export { type ByteSource, memorySource, rangesOf } from "./bytes.ts";
export { checkModel, nonFinite } from "./check.ts";
export { type Constant, constant, constantOf, lazyConstant, partsOf, tensorOf } from "./constant.ts";
export { macsOf, parametersOf } from "./cost.ts";
export { type DecodeOptions, decodeModel } from "./decode.ts";
export {
  type Chunk,
  encodeChunks,
  encodedSize,
  encodedSizes,
  encodeFiles,
  encodeModel,
  type FileRole,
  LARGEST_MESSAGE,
} from "./encode.ts";
export { InvalidModel, Unsupported } from "./error.ts";
export {
  capturedBy,
  type Dim,
  type Graph,
  type Links,
  linksOf,
  type Model,
  type Node,
  opsetOf,
  readsOf,
  trueInputs,
  type ValueInfo,
} from "./graph.ts";
export { factsOf } from "./infer/facts.ts";
export { type Inference, infer, type Missing } from "./infer/infer.ts";
export { type Pins, type SymbolicDim, symbolicDims } from "./infer/pins.ts";
export type { InferRule, Inferred, Site } from "./infer/rule.ts";
export { inferRules } from "./infer/table.ts";
export {
  type ContribOp,
  domains,
  type MlOp,
  type OpType,
  opName,
  opTypeOf,
  opTypes,
  removedIn,
  type StandardOp,
  sinceVersion,
} from "./ops/names.ts";
export type { RaiseOptions } from "./opset/context.ts";
export { newestOpset, oldestOpset } from "./opset/history.ts";
export { raiseOpset } from "./opset/raise.ts";
export { print } from "./print.ts";
export { foldBatchNorms } from "./simplify/batchnorm.ts";
export { takeBranches } from "./simplify/branches.ts";
export { fixInitializers, hoistConstants } from "./simplify/constants.ts";
export {
  type ConstantSubgraph,
  constantSubgraph,
  type FoldOptions,
  isCodes,
  replaceByConstants,
  sourcesOf,
} from "./simplify/fold.ts";
export { hoistInvariants } from "./simplify/hoist.ts";
export { removeIdentities } from "./simplify/identity.ts";
export { inlineFunctions } from "./simplify/inline.ts";
export { COPIED, foldLayout, isLayout } from "./simplify/layout.ts";
export { liftConstants } from "./simplify/lift.ts";
export { namesBeside } from "./simplify/names.ts";
export type { Facts } from "./simplify/noop.ts";
export { prune } from "./simplify/prune.ts";
export { renameReads } from "./simplify/rename.ts";
export { shareConstants } from "./simplify/share.ts";
export { simplify } from "./simplify/simplify.ts";
export { densify } from "./simplify/sparse.ts";
