// The engine's calls about allocations that measure: each joint recipe as an interactive job of its own, so that other work has
// its turn between two. What is searched is search.ts and smallest.ts; the methods are in ../hawq and ../mixdq.

import { allocateHawqWithin } from "../hawq/within.ts";
import type { Host } from "../host.ts";
import { allocateMixdqWithin } from "../mixdq/within.ts";
import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import { expected } from "./front.ts";
import { halvesOf } from "./halves.ts";
import { type MeasuredLoss, measureJoint, measureLoss } from "./measured.ts";
import type { Sized } from "./prepared.ts";
import type { Published } from "./published.ts";
import { type Rival, SEARCH_SAMPLES, searchLeast, type Weighed } from "./search.ts";
import type {
  PublishedMethod,
  PublishedRequest,
  SearchCalls,
  SearchReport,
  SearchRequest,
  TriedRecipe,
} from "./searchCalls.ts";
import type { SizeOf } from "./sizes.ts";
import { type MeasuredJoint, smallestWithin, type Tried } from "./smallest.ts";
import { tableIn } from "./tableIn.ts";

export interface MeasuringHost extends Host {
  readonly size: SizeOf;
}

const methods: Readonly<Record<PublishedMethod, { readonly what: string; readonly within: Published }>> = {
  hawq: { what: "Tracing the Hessian", within: allocateHawqWithin },
  mixdq: { what: "Scoring layers and candidates", within: allocateMixdqWithin },
};

export class MeasuringRoom implements SearchCalls {
  readonly #host: MeasuringHost;

  constructor(host: MeasuringHost) {
    this.#host = host;
  }

  search(
    job: string,
    request: SearchRequest,
    onTried: (tried: TriedRecipe, best: TriedRecipe | null) => void,
  ): Promise<SearchReport | "cancelled"> {
    return this.#host.job(job, (signal) => {
      const table: Sized = { ...tableIn(request.setting), size: this.#host.size };
      return request.budgets.drop === undefined
        ? this.#least(table, request, signal, onTried)
        : this.#smallest(table, request, request.budgets.drop, signal, onTried);
    });
  }

  allocateBy(job: string, request: PublishedRequest, onProgress: OnProgress) {
    return this.#host.job(job, async (signal) => {
      const { study, size } = this.#host;
      const { what, within } = methods[request.method];
      const recipe = await within({ ...request, study: study(), sizeOf: size }, async (done, total) => {
        onProgress(what, done, total);
        await this.#host.background(signal);
      });
      return { recipe, bytes: (await size(recipe)).bytes };
    });
  }

  async #least(
    table: Sized,
    { budgets, first, evaluations, known }: SearchRequest,
    signal: AbortSignal,
    onTried: (tried: TriedRecipe, best: TriedRecipe | null) => void,
  ): Promise<SearchReport> {
    const study = this.#host.study();
    const { seen, unseen } = halvesOf(study, SEARCH_SAMPLES);
    const [measure, confirm] = [seen, unseen].map((samples) => {
      const own = measureLoss(study, samples, () => this.#host.step(signal));
      return (...of: Parameters<typeof own>) => this.#host.interactive(() => own(...of));
    }) as [ReturnType<typeof measureLoss>, ReturnType<typeof measureLoss>];
    const found = await searchLeast([{ name: OWN, table }], measure, {
      ...{ budgets, evaluations, signal, known },
      ...(first && { first: await rivalOf(table, first) }),
      ...(unseen.length > 1 && { confirm }),
      onTried: (tried, best) => onTried(weighed(tried), weighed(best)),
    });
    const { best, trace, stopped } = found;
    return { best: best ? weighed(best) : null, tried: trace.length, stopped };
  }

  async #smallest(
    table: Sized,
    { budgets, evaluations }: SearchRequest,
    most: number,
    signal: AbortSignal,
    onTried: (tried: TriedRecipe, best: TriedRecipe | null) => void,
  ): Promise<SearchReport> {
    const study = this.#host.study();
    if (!study.dataset.labels) throw new Error("drop: data without labels, expected samples that have some");
    const { seen, unseen } = halvesOf(study);
    const [measure, confirm] = [seen, unseen].map((samples) => {
      const own = measureJoint(study, samples, () => this.#host.step(signal));
      return (...of: Parameters<typeof own>) => this.#host.interactive(() => own(...of));
    }) as [ReturnType<typeof measureJoint>, ReturnType<typeof measureJoint>];
    const { best, trace, stopped } = await smallestWithin(table, measure, {
      ...{ most, evaluations, signal, budgets },
      ...(unseen.length > 1 && { confirm }),
      onTried: (tried, leader) => {
        const now = joint(tried);
        if (now) onTried(now, joint(leader));
      },
    });
    return { best: joint(best), tried: trace.length, stopped };
  }
}

const nothing = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
const OWN = "as the recipe has it";

async function rivalOf(table: Sized, recipe: Recipe): Promise<Rival> {
  const { bytes } = await table.size(recipe);
  // What is not known of it alone is measured all the same.
  const predicted = expected(table, recipe) ?? nothing;
  return { name: "present", allocation: { recipe, bytes, predicted } };
}

const lossOf = ({ divergence }: MeasuredLoss) => ({ divergence, drop: null });

function weighed({ allocation: { recipe, bytes, predicted }, measured, confirmed }: Weighed): TriedRecipe {
  const { cut } = measured;
  return {
    recipe,
    bytes,
    predicted,
    ...lossOf(measured),
    cut,
    confirmed: confirmed ? lossOf(confirmed) : null,
  };
}

const bothOf = ({ divergence, drop }: MeasuredJoint) => ({ divergence, drop });

/** Null of the float network, which was not measured. */
function joint({ recipe, bytes, predicted, measured, confirmed }: Tried): TriedRecipe | null {
  if (!measured) return null;
  const { cut } = measured;
  return {
    recipe,
    bytes,
    predicted,
    ...bothOf(measured),
    cut,
    confirmed: confirmed ? bothOf(confirmed) : null,
  };
}
