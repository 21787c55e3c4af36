// HiGHS (MIT; compiled to WebAssembly by the highs package) as the solver of integer programs. Loaded when first asked for:
// the page and most commands never need it.

import type { IntegerProgram, IntegerSolver, SolverAnswer, SolverOptions } from "@bitscape/methods";
import type { Highs, InitOptions } from "highs";

/** Loads the solver; in a browser, `locateFile` says where its WebAssembly lies. */
export type LoadHighs = (options?: InitOptions) => Promise<Highs>;

export function highsSolver(load: () => Promise<Highs>): IntegerSolver {
  let loaded: Promise<Highs> | undefined;
  return async (program, options) => {
    loaded ??= load();
    try {
      return solveWith(await loaded, program, options);
    } catch (error) {
      // One that ran out of memory, or was not fetched, does not come back by itself.
      loaded = undefined;
      throw error;
    }
  };
}

// Codes of HiGHS's model status.
const OPTIMAL = 7;
const INFEASIBLE = 8;

function solveWith(highs: Highs, asked: IntegerProgram, { gap, seconds }: SolverOptions): SolverAnswer {
  const columns = asked.objective.length;
  const rows = asked.lower.length;
  const model = highs.createModel({
    numCols: columns,
    numRows: rows,
    colCost: asked.objective,
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(1),
    rowLower: asked.lower.map((value) => (value === Number.NEGATIVE_INFINITY ? -highs.infinity : value)),
    rowUpper: asked.upper,
    matrix: {
      format: "csr",
      numRows: rows,
      numCols: columns,
      starts: asked.starts,
      indices: asked.indices,
      values: asked.values,
    },
    integrality: new Int32Array(columns).fill(highs.constants.variableType.integer),
  });
  try {
    const settings = { output_flag: false, mip_rel_gap: gap, mip_abs_gap: 0, time_limit: seconds } as const;
    for (const [name, value] of Object.entries(settings)) model.options.set(name, value);
    const { modelStatus } = model.run();
    if (modelStatus === INFEASIBLE)
      return { status: "infeasible", values: undefined, bound: Number.POSITIVE_INFINITY };
    const feasible = model.info.get("primal_solution_status") === highs.constants.solutionStatus.feasible;
    return {
      status: modelStatus === OPTIMAL ? "optimal" : "stopped",
      values: feasible ? Float64Array.from(model.getSolution().colValue) : undefined,
      bound: Number(model.info.get("mip_dual_bound")),
    };
  } finally {
    model.dispose();
  }
}
