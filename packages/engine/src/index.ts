export { connectEngine, type EngineClient, WorkerLost } from "./client.ts";
export * from "./data/index.ts";
export { type Exported, exportNetwork, RECIPE_KEY } from "./export/exporter.ts";
export { evaluateFile, type FileScoreJob, type MetricName, metricNames } from "./fileScore.ts";
export { type Finding, meanFinding, proportionFinding } from "./finding.ts";
export { boundsOf, inputsOf } from "./network/inputs.ts";
export { type Layer, layerOf, type Network } from "./network/network.ts";
export { openNetwork } from "./network/open.ts";
export { outputKind } from "./output.ts";
export { type Plan, planRecipe, type Ranges } from "./plan.ts";
export { Probe, probeModel } from "./probe.ts";
export type {
  Cell,
  DataRequest,
  DataSummary,
  Engine,
  ExportResult,
  HistogramReport,
  LayerSummary,
  ModelSummary,
  OnProgress,
  Preview,
  Score,
  SizeReport,
  SweepRequest,
  Verification,
  WeightSummary,
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
export { type Feeds, type Ort, ortRuntime, type Runtime, type Session } from "./runtime.ts";
export { type CellKey, cellName, cellRecipe, cellsOf, columnScheme } from "./sensitivity.ts";
export { Studio } from "./studio.ts";
export { type Between, Study, wantsActivations } from "./study.ts";
export { modelSummary, sizeReport } from "./summary.ts";
