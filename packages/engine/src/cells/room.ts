// The engine's calls about cells and recipes: predicts, measures one by one or as the scheduler decides, and scores. How each is
// done is in ../predict, ../schedule and ../sensitivity.ts; when its turn comes is the studio's.

import type { Host } from "../host.ts";
import type { Between, OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import { failedCell } from "../schedule/anytime.ts";
import type { Study } from "../study.ts";
import { isAbort } from "../turn.ts";
import type { Cell, CellCalls, PredictReport, PredictRequest, Score, SweepRequest } from "./calls.ts";
import { type CellKey, cellName, cellsOf } from "./sensitivity.ts";

export interface CellHost extends Host {
  /** Runs a job whose cancel is an error: its answer has no word for it. */
  readonly plain: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

export class CellRoom implements CellCalls {
  readonly #host: CellHost;

  constructor(host: CellHost) {
    this.#host = host;
  }

  floatScore(job: string, onScore: (score: Score) => void): Promise<Score> {
    // In turns with predictions: on slow networks neither is to wait for the other's end.
    const { plain, study, background } = this.#host;
    return plain(job, async (signal) => {
      const at = study();
      return at.score(undefined, at.samples(), () => background(signal), onScore);
    });
  }

  predict(
    job: string,
    request: PredictRequest,
    onCells: (cells: readonly Cell[]) => void,
    onProgress: OnProgress,
  ): Promise<PredictReport | "cancelled"> {
    const { background, step } = this.#host;
    return this.#host.job(job, async (signal) =>
      (await this.#studyOf(request, signal)).predict(
        request,
        onCells,
        async (done, total) => {
          onProgress("Predicting sensitivity", done, total);
          await background(signal);
        },
        () => step(signal),
      ),
    );
  }

  sweep(
    job: string,
    request: SweepRequest,
    onCell: (cell: Cell) => void,
    onProgress: OnProgress,
  ): Promise<"done" | "cancelled"> {
    return this.#host.job(job, async (signal) => {
      if (request.anytime) await this.#anytime(request, onCell, onProgress, signal);
      else await this.#oneByOne(request, onCell, onProgress, signal);
      return "done" as const;
    });
  }

  evaluate(job: string, recipe: Recipe, onScore: (score: Score) => void): Promise<Score | "cancelled"> {
    const { study, interactive, step } = this.#host;
    return this.#host.job(job, (signal) =>
      interactive(async () => {
        const at = study();
        return at.score(recipe, at.samples(), () => step(signal), onScore);
      }),
    );
  }

  async #anytime(
    request: SweepRequest,
    onCell: (cell: Cell) => void,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const between: Between = async (done, total) => {
      onProgress("Measuring sensitivity", done, total);
      await this.#host.background(signal);
    };
    const study = await this.#studyOf(request, signal);
    await study.anytime(request, onCell, between, () => this.#host.step(signal));
  }

  /** The study of the network that cells are asked about. */
  #studyOf({ remade = {} }: Pick<SweepRequest, "remade">, signal: AbortSignal): Promise<Study> {
    return this.#host.study().of({ schema: "bitscape/recipe/1", ...remade }, () => this.#host.step(signal));
  }

  async #oneByOne(
    request: SweepRequest,
    onCell: (cell: Cell) => void,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const study = await this.#studyOf(request, signal);
    const skip = new Set(request.skip);
    const first = new Set(request.first);
    const cells = cellsOf(study.network, request.bits, request.targets)
      .filter((cell) => !skip.has(cellName(cell)))
      .sort((a, b) => rank(a, request, first) - rank(b, request, first));
    const samples = study.samples(request.samples);
    for (const [done, key] of cells.entries()) {
      onProgress("Measuring sensitivity", done, cells.length);
      const between = () => this.#host.background(signal);
      // Calibration does not stand aside: an interactive job may be waiting for its ranges.
      const calibrating = () => this.#host.step(signal);
      try {
        onCell(await study.cell(key, samples, between, request.schemes?.[key.target], calibrating));
      } catch (error) {
        if (isAbort(error)) throw error;
        onCell(failedCell(key, error as Error));
      }
    }
    onProgress("Measuring sensitivity", cells.length, cells.length);
  }
}

/** Rows asked for first, then weights before activations, then the widths in the order asked. */
function rank(cell: CellKey, request: SweepRequest, first: ReadonlySet<string>): number {
  const targets = request.targets.indexOf(cell.target);
  const bits = request.bits.indexOf(cell.bits);
  return (first.has(cell.layer) ? 0 : 10_000) + targets * 100 + bits;
}
