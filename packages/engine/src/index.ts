export {
  type Family,
  type FormatFacts,
  type FormatRow,
  formatFacts,
  formatRows,
  type Granularity,
  type Param,
} from "@bitscape/quant";
export { activationFacts } from "./activation.ts";
export { type Allocation, allocateBits, type Draft, draft } from "./allocate/allocate.ts";
export { type Budgets, Infeasible } from "./allocate/budgets.ts";
export {
  type Evidence,
  evidenceOf,
  type MeasuredCell,
  parseSensitivity,
  type SensitivityReport,
} from "./allocate/evidence.ts";
export { type FrontPoint, frontOf, type Placed, place, uniformOf } from "./allocate/front.ts";
export { highsSolver } from "./allocate/highs.ts";
export type { JointLoss, Pairs } from "./allocate/joint.ts";
export { measureJoint } from "./allocate/measured.ts";
export {
  type AllocationOptions,
  type Prepared,
  predictedOf,
  prepare,
  withMeasured,
} from "./allocate/prepared.ts";
export type { SizeOf } from "./allocate/sizes.ts";
export {
  type MeasuredJoint,
  type MeasureJoint,
  type Smallest,
  smallestWithin,
  type Tried,
} from "./allocate/smallest.ts";
export { leastBatch } from "./batches.ts";
export { connectEngine, type EngineClient, WorkerLost } from "./client.ts";
export * from "./data/index.ts";
export { type Exported, exportNetwork, RECIPE_KEY, type StoredTensor } from "./export/exporter.ts";
export { evaluateFile, type FileScoreJob, type MetricName, metricNames } from "./fileScore.ts";
export { divergenceFinding, type Finding, meanFinding, proportionFinding } from "./finding.ts";
export type {
  CouplingReport,
  CouplingRequest,
  LandscapeCalls,
  LandscapeRequest,
  NamedPoint,
  OptimizeReport,
  OptimizeRequest,
  OptimizeStep,
  Slice,
  StepAxis,
  StepOf,
  StepSlice,
  StepSliceRequest,
  WeightAxis,
  WeightSlice,
  WeightSliceRequest,
  WeightSurface,
} from "./landscape/calls.ts";
export { type Memory, memories } from "./memory.ts";
export { boundsOf, inputsOf } from "./network/inputs.ts";
export { type Layer, layerOf, type Network } from "./network/network.ts";
export { openNetwork } from "./network/open.ts";
export { outputKind } from "./output.ts";
export { type Plan, planRecipe, type Ranges } from "./plan.ts";
export { Probe, probeModel } from "./probe.ts";
export type {
  Cell,
  Column,
  DataRequest,
  DataSummary,
  Engine,
  Estimator,
  ExportResult,
  HistogramReport,
  LayerSummary,
  ModelSummary,
  OnProgress,
  PredictReport,
  PredictRequest,
  Preview,
  Score,
  SizeReport,
  SweepRequest,
  Verification,
  WeightSummary,
  WriteResult,
  WriteTarget,
  WrittenFile,
} from "./protocol.ts";
export {
  baseSchemes,
  type Choice,
  type LayerChoice,
  parseRecipe,
  presetRecipe,
  presets,
  type Recipe,
  recipeKey,
  recipeSchema,
  schemeFor,
  type Target,
} from "./recipe.ts";
export {
  type Feeds,
  type ModelFile,
  type ModelOnDisk,
  type Ort,
  ortRuntime,
  type Runtime,
  type Session,
} from "./runtime.ts";
export { type CellKey, cellName, cellRecipe, cellsOf, columnScheme } from "./sensitivity.ts";
export { Studio } from "./studio.ts";
export { type Between, needsRunning, Study, wantsActivations } from "./study.ts";
export { modelSummary, sizeReport } from "./summary.ts";
