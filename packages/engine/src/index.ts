export { concerned, parseRule, type Rule, ruled, ruleText } from "@bitscape/methods";
export {
  type Clip,
  type Family,
  type FormatFacts,
  type FormatRow,
  formatFacts,
  formatRows,
  type Granularity,
  type Param,
  type RangeRule,
  ratioOf,
  type Scheme,
} from "@bitscape/quant";
export { type Allocation, allocateBits, type Draft, draft } from "./allocate/allocate.ts";
export type { Part } from "./allocate/belief.ts";
export { type Budgets, Infeasible } from "./allocate/budgets.ts";
export type {
  AllocationCalls,
  CostsRequest,
  Ends,
  Expected,
  Fronts,
  Goal,
  Refused,
  SolverCalls,
} from "./allocate/calls.ts";
export { connectSolver, type SolverClient } from "./allocate/client.ts";
export { type Costs, costsOf } from "./allocate/costs.ts";
export {
  type Evidence,
  evidenceIn,
  evidenceOf,
  type MeasuredCell,
} from "./allocate/evidence.ts";
export { type Fall, type FallCurve, fallCurve } from "./allocate/fall.ts";
export {
  type FrontPoint,
  frontOf,
  type Placed,
  place,
  placed,
  type Uniform,
  uniformOf,
} from "./allocate/front.ts";
export { type Cause, explainGap, type LossOf, measuredGap } from "./allocate/gap.ts";
export { halvesOf } from "./allocate/halves.ts";
export { highsSolver } from "./allocate/highs.ts";
export { type Cross, correlationOf, crossesOf, type JointLoss, type Pairs } from "./allocate/joint.ts";
export { type MeasuredLoss, type MeasureLoss, measureJoint, measureLoss } from "./allocate/measured.ts";
export { type Prepared, prepare, type Sized } from "./allocate/prepared.ts";
export { AllocationRoom } from "./allocate/room.ts";
export {
  type Rival,
  SEARCH_SAMPLES,
  type Search,
  type SearchFound,
  type Style,
  searchLeast,
  type Weighed,
} from "./allocate/search.ts";
export type {
  PublishedMethod,
  PublishedRequest,
  SearchCalls,
  SearchReport,
  SearchRequest,
  TriedRecipe,
} from "./allocate/searchCalls.ts";
export { parseSensitivity, type SensitivityReport } from "./allocate/sensitivityReport.ts";
export type { AllocationSetting, MeasuredRecipe } from "./allocate/setting.ts";
export type { SizeOf } from "./allocate/sizes.ts";
export {
  type MeasuredJoint,
  type MeasureJoint,
  type Smallest,
  smallestWithin,
  type Tried,
} from "./allocate/smallest.ts";
export { evidenceInStyle, nearestStyle, rivalsOf, STYLE_DOUBT, styles } from "./allocate/styles.ts";
export { type AllocationOptions, predictedOf, type Table, withMeasured } from "./allocate/table.ts";
export { type CellKey, cellName, cellRecipe, cellsOf, columnScheme } from "./cells/sensitivity.ts";
export type {
  Answers,
  CompareCalls,
  ComparedSample,
  CompareReport,
  Confusion,
  Guess,
  LayerDivergence,
  LayersReport,
} from "./compare/calls.ts";
export * from "./data/index.ts";
export type { Configuration } from "./elsewhere/configuration.ts";
export type { Known as KnownLosses } from "./elsewhere/losses.ts";
export { configurationFor } from "./elsewhere/table.ts";
export { elsewhere, type ToolId } from "./elsewhere/tools.ts";
export { type Exported, exportNetwork, RECIPE_KEY, type StoredTensor } from "./export/exporter.ts";
export {
  allocateHawq,
  type HawqAllocation,
  type HawqOptions,
  type HawqRow,
  hawqFixed,
} from "./hawq/allocate.ts";
export { downSampling } from "./hawq/residual.ts";
export { type Arithmetic, FLOAT_BITS, integerOperators, settled } from "./integer/arithmetic.ts";
export { carriedPlan, carriedReport } from "./integer/carried.ts";
export { exportPlan } from "./integer/exportPlan.ts";
export { type FloatOperator, type IntegerProof, integerProof } from "./integer/floatBetween.ts";
export type { DyadicBranch, IntegerLayer, IntegerReport } from "./integer/report.ts";
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
export { couplingMatrix } from "./landscape/coupling.ts";
export type { LossName } from "./landscape/loss.ts";
export { ClipSearch, type Optimized } from "./landscape/optimize.ts";
export { StepSurface } from "./landscape/stepSlice.ts";
export { innerActivations } from "./landscape/steps.ts";
export { WeightSurfaces } from "./landscape/weightSlice.ts";
export type { LatencyCalls, LatencyReport, LatencyRequest } from "./latency/calls.ts";
export {
  type GivenRow,
  givenTimes,
  parseLatencyTable,
  type TimedLayers,
  timedLayers,
} from "./latency/given.ts";
export type { EndToEnd, LatencyRow, LatencyTable } from "./latency/measured.ts";
export { type StopwatchOptions, type Timing, timingOf } from "./latency/stopwatch.ts";
export { latencyOf, timedFeeds, timedModel } from "./latency/studied.ts";
export { scaledTimes, stateName, type Times } from "./latency/times.ts";
export { Timings } from "./latency/timings.ts";
export {
  allocateWithin,
  type LatencyAsk,
  type LatencyLimit,
  type TimedAllocation,
  type WithinLatency,
} from "./latency/within.ts";
export {
  allocateMixdq,
  type MixdqAllocation,
  type MixdqOptions,
  type MixdqTarget,
  mixdqWidths,
  sweeps,
} from "./mixdq/allocate.ts";
export { type Fold, foldable, foldedIn, foldTokens } from "./mixdq/foldTokens.ts";
export { type Groups, groupsOf, type LayerGroup, parseGroups } from "./mixdq/groups.ts";
export { type MixdqMetric, metricsOf, mixdqMetrics } from "./mixdq/scores.ts";
export { findTokens, type LayerTokens } from "./mixdq/tokens.ts";
export { boundsOf, inputsOf } from "./network/inputs.ts";
export { type Layer, layerOf, type Network } from "./network/network.ts";
export { openNetwork } from "./network/open.ts";
export { activationFacts } from "./plan/activation.ts";
export { type Plan, planRecipe, type Ranges } from "./plan/plan.ts";
export { Probe, probeModel } from "./probe/probe.ts";
export type { Between } from "./progress.ts";
export type {
  Answered,
  Cell,
  ChannelReport,
  Column,
  DataRequest,
  DataSummary,
  Engine,
  Estimator,
  ExportResult,
  HistogramReport,
  LabelReport,
  LabelSuggestion,
  LayerSummary,
  LookRequest,
  MappedLabel,
  ModelSummary,
  OnProgress,
  PredictReport,
  PredictRequest,
  SamplePage,
  SampleView,
  Score,
  SizeReport,
  SweepRequest,
  TriedPreprocess,
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
  needsRunning,
  presetRecipe,
  presets,
  type Recipe,
  recipeKey,
  schemeFor,
  type Target,
  wantsActivations,
} from "./recipe.ts";
export { parseRecipe, recipeSchema } from "./recipeSchema.ts";
export type {
  Diagnosis,
  RemediesReport,
  RemediesRequest,
  Remedy,
  RemedyCalls,
  RemedyKind,
  ShareReport,
  TriedRemedy,
  Trouble,
} from "./remedies/calls.ts";
export { type ChannelCheck, checkChannels, OUTLIER_TIMES } from "./remedies/channels.ts";
export { diagnoseActivation, diagnoseWeight } from "./remedies/look.ts";
export { type Verdict, verdictOf } from "./remedies/paired.ts";
export { byBytes, byGain } from "./remedies/ranking.ts";
export { allButRow, onlyRow, withTreatment } from "./remedies/treated.ts";
export { tryRemedies } from "./remedies/tried.ts";
export { withoutCorrection } from "./repair/about.ts";
export { asBefore, learnedIn, withRepair } from "./repair/asked.ts";
export type { Contrast, ContrastRequest, Repairable, RepairCalls } from "./repair/calls.ts";
export { contrast } from "./repair/contrast.ts";
export { repairsOf } from "./repair/evidence.ts";
export { type Remade, remadeOf, unforeseenIn } from "./repair/foreseen.ts";
export { type RepairName, repairNames } from "./repair/names.ts";
export { leastBatch } from "./runtime/batches.ts";
export { type Memory, memories } from "./runtime/memory.ts";
export {
  type Feeds,
  type ModelFile,
  type ModelOnDisk,
  type Ort,
  ortRuntime,
  type Runtime,
  type Session,
} from "./runtime/runtime.ts";
export { schemeWords } from "./schemeWords.ts";
export { evaluateFile, type FileScoreJob, type MetricName, metricNames } from "./score/fileScore.ts";
export { divergenceFinding, type Finding, meanFinding, proportionFinding } from "./score/finding.ts";
export { outputKind } from "./score/output.ts";
export { Studio } from "./studio.ts";
export { Study } from "./study.ts";
export type { InputView } from "./views/inputView.ts";
export type { GraphOutline, OutlineEdge, OutlineNode } from "./views/outline.ts";
export type { Preview } from "./views/preview.ts";
export { modelSummary, sizeReport } from "./views/summary.ts";
export { connectEngine, type EngineClient } from "./worker/client.ts";
export { WorkerLost } from "./worker/mortal.ts";
