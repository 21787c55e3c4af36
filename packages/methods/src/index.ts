export { type Token, tokensOf, withoutTokens } from "./bos.ts";
export { branchAndBound, type Proven } from "./branch.ts";
export {
  type Filtered,
  filterNormalized,
  filterNorms,
  innerProduct,
  projection,
  randomDirection,
} from "./directions.ts";
export {
  type Accumulation,
  type Dyadic,
  dyadic,
  dyadicAt,
  type Overflow,
  overflowOf,
  rescale,
  worstError,
  worstSumError,
} from "./dyadic.ts";
export {
  addendOf,
  dyadicWithin,
  type LayerSums,
  offsetFor,
  type Rescaler,
  rescaledSum,
  rescalerOf,
} from "./dyadicLayer.ts";
export {
  type HawqLayer,
  type HawqLevels,
  type HawqProblem,
  type HawqResource,
  hawqProblem,
  hawqResources,
  hawqWidths,
  omega,
} from "./hawq.ts";
export { type ConvexFront, convexFront, picksAfter, placeOf } from "./hull.ts";
export { type Coupling, type Grouping, grouped, type Item, type Option, optionsOf } from "./items.ts";
export { type Answer, type Outcome, type Shortfall, solve, solveProven } from "./knapsack.ts";
export { type Relaxed, relax } from "./lagrangian.ts";
export {
  guardedVertex,
  type LapqOptions,
  type LapqProblem,
  type LapqResult,
  lapq,
  P_GRID,
  type Start,
  startOfP,
} from "./lapq.ts";
export {
  type Allocated,
  type Candidate,
  evenly,
  type MixdqGroup,
  meanSplit,
  mixdqProgram,
  type ScoredLayer,
  sweepK,
} from "./mixdq.ts";
export { exactFront, type ParetoPoint, undominated } from "./pareto.ts";
export {
  type Bounds,
  coordinateDescent,
  type Descent,
  type DescentOptions,
  type Loss,
  powell,
} from "./powell.ts";
export {
  type Alternative,
  fits,
  groupCount,
  leastSum,
  type Picks,
  type Program,
  programOf,
  totalsOf,
} from "./program.ts";
export { type Interaction, jointLoss, localSearch, type Searched } from "./quadratic.ts";
export { descendRow } from "./rounding/descend.ts";
export { damped, type RoundingProblem, type Rungs, rowError } from "./rounding/problem.ts";
export {
  inverseSigmoid,
  type RelaxOptions,
  rectifiedSigmoid,
  relaxDefaults,
  relaxedLoss,
  relaxRounding,
} from "./rounding/relax.ts";
export { concerned, parseRule, type Rule, type Ruled, ruled, ruleText, type Where } from "./rules.ts";
export {
  type IntegerProgram,
  type IntegerSolver,
  integerProgram,
  type SolverAnswer,
  type SolverOptions,
  solveExactly,
} from "./solver.ts";
export {
  couplingOf,
  gaussianCurvature,
  hessianByPairs,
  hessianOf,
  interactionShare,
  type OnEntry,
  type Surface,
} from "./surface.ts";
