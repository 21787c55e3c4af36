// Methods that choose other widths of weights, each for a file no larger than the present one: two of the literature, and
// Bitscape's own search to be compared with. The computing is the engine's (allocate/searchCalls.ts).

import type { PublishedMethod, Recipe } from "@bitscape/engine";
import { knownJoints } from "../state/budget/joints.ts";
import { settingNow, withStyle } from "../state/budget/solving.ts";
import { engine } from "../state/connection.ts";
import { get } from "../state/store.ts";
import { asked } from "./asked.ts";
import type { Method, MethodInput } from "./method.ts";

// Calibration samples: traces and scores of more say little else.
const SAMPLES = 64;
// Joint recipes that the search measures.
const EVALUATIONS = 16;

const weighted = ({ model }: MethodInput) => model.layers.filter(({ weights }) => weights.length > 0);

function few(input: MethodInput, least: number): string | undefined {
  const { length } = weighted(input);
  return length < least
    ? `The network has ${length} ${length === 1 ? "layer" : "layers"} with weights: there is nothing to choose between.`
    : undefined;
}

function published(
  id: PublishedMethod,
  least: number,
  words: Pick<Method, "title" | "summary" | "reference">,
): Method {
  return {
    id,
    ...words,
    kind: "allocation",
    unsuited: (input) => few(input, least),
    async propose({ recipe, bytes }, signal, onProgress) {
      const request = { method: id, recipe, bytes, samples: SAMPLES } as const;
      const found = await asked(signal, onProgress, (job, onSteps) =>
        engine().allocateBy(job, request, onSteps),
      );
      return found.recipe;
    },
  };
}

export const allocationMethods: readonly Method[] = [
  published("hawq", 3, {
    title: "HAWQ-V3",
    summary:
      "4 or 8 bits a layer, by the mean curvature of the loss times the squared rounding error, as an integer program; first and last stay at 8. Costs gradients on 64 samples.",
    reference:
      "Yao et al., HAWQ-V3: Dyadic Neural Network Quantization, ICML 2021, arXiv 2011.10680, §3.4; Ω and traces as in Dong et al., HAWQ-V2, NeurIPS 2020, eq. 2 and Algorithm 1.",
  }),
  published("mixdq", 6, {
    title: "MixDQ",
    summary:
      "2, 4 or 8 bits a layer in two groups, each by a metric of its own, the balance between them swept and each candidate measured. Costs a run of 64 samples for every layer and width, and up to 16 candidates.",
    reference:
      "Zhao et al., MixDQ: Memory-Efficient Few-Step Text-to-Image Diffusion Models with Metric-Decoupled Mixed Precision Quantization, ECCV 2024, arXiv 2405.17873, §4.2–4.3, eq. 5.",
  }),
  {
    id: "bitscape-search",
    title: "Bitscape's search",
    summary:
      "All columns of the heatmap, by what each cell loses alone, then up to 16 recipes measured on half of 512 evaluation samples, each teaching the next; the best three are told apart by the other half.",
    reference:
      "Multiple-choice knapsack (Kellerer, Pferschy and Pisinger 2004, ch. 11) over measured or predicted losses, corrected by Bayesian regression on joint losses (Bishop 2006, §3.3).",
    kind: "allocation",
    unsuited: (input) => few(input, 2),
    propose: ({ recipe, bytes }, signal, onProgress) => search(recipe, bytes, signal, onProgress),
  },
];

async function search(
  recipe: Recipe,
  bytes: number,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Recipe> {
  const setting = await settingNow();
  if (!setting) throw new Error("search: no cell known yet, expected the heatmap's first ones");
  const known = knownJoints(get());
  const request = { setting, budgets: { bytes }, first: recipe, evaluations: EVALUATIONS, known };
  let done = 0;
  const { best } = await asked(signal, onProgress, (job) =>
    engine().search(job, request, () => onProgress(++done / EVALUATIONS)),
  );
  signal.throwIfAborted();
  if (!best) throw new Error(`search: nothing of ${bytes} bytes, expected some recipe that small`);
  return withStyle(best.recipe, recipe);
}
