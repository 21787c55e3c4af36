// Methods that mend what quantization does at the widths that are chosen: a row each. The computing is the engine's.

import {
  formatFacts,
  type Recipe,
  type RepairName,
  schemeFor,
  wantsActivations,
  withRepair,
} from "@bitscape/engine";
import { engine } from "../state/connection.ts";
import { jointRequest } from "../state/landscape/joint.ts";
import { asked } from "./asked.ts";
import { quantizedRows, withEverywhere } from "./everywhere.ts";
import type { Method, MethodInput } from "./method.ts";

const weightsQuantized = ({ recipe, model }: MethodInput) =>
  model.layers.some(({ id, weights }) => weights.length > 0 && schemeFor(recipe, id, "weight") !== undefined);

const nothingQuantized = "No weight of this recipe is quantized: there is nothing to mend.";

/** A repair that the recipe names and the engine does. */
function repair(
  name: RepairName,
  words: Pick<Method, "title" | "summary" | "reference">,
  propose: Method["propose"] = async ({ recipe }) => withRepair(recipe, name),
): Method {
  return {
    id: name,
    ...words,
    kind: "repair",
    inside: {
      has: ({ repairs }) => repairs?.includes(name) ?? false,
      without: (recipe) => withRepair(recipe, name, false),
    },
    unsuited: (input) =>
      weightsQuantized(input) ? (input.repairable?.[name] ?? undefined) : nothingQuantized,
    propose,
  };
}

const integerWeights = ({ recipe, model }: MethodInput) =>
  model.layers.filter(({ id, weights }) => weights.length > 0 && isInteger(recipe, id));

function isInteger(recipe: Recipe, id: string): boolean {
  const scheme = schemeFor(recipe, id, "weight");
  return scheme !== undefined && formatFacts(scheme.format).kind === "affine";
}

/** The range rule of least squares in force for every tensor that is quantized. */
const leastSquaresEverywhere = ({ recipe, model }: MethodInput) =>
  (["weight", "activation"] as const).every((target) =>
    quantizedRows(recipe, model.layers, target).every((id) => schemeFor(recipe, id, target)?.range === "mse"),
  );

/** A repair that takes a while: done ahead, so that it is seen to advance and what measures it afterwards finds it done. */
const learned =
  (name: RepairName): Method["propose"] =>
  async ({ recipe }, signal, onProgress) => {
    const after = withRepair(recipe, name);
    await asked(signal, onProgress, (job, onSteps) => engine().mend(job, after, onSteps));
    return after;
  };

export const repairMethods: readonly Method[] = [
  repair("bias-correction", {
    title: "Bias correction",
    summary:
      "Takes off each layer's bias what quantization adds to the mean of its outputs, layer after layer, as far as that helps on samples it was not made from; free at run time.",
    reference:
      "Nagel, van Baalen, Blankevoort, Welling: Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019, §4.2 (empirical, sequential); Banner, Nahshan, Soudry, NeurIPS 2019",
  }),
  repair("equalization", {
    title: "Cross-layer equalisation",
    summary:
      "Moves a scale for each channel from a layer to the next, so that both ranges become equal; the float network stays the same, free at run time but for ReLU6, which gets a limit for each channel.",
    reference:
      "Nagel, van Baalen, Blankevoort, Welling: Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019, §4.1, eq. 9–11",
  }),
  repair(
    "rounding",
    {
      title: "Learned rounding",
      summary:
        "Lets each weight go up or down so that its layer computes, on calibration samples and behind layers rounded before it, what the float network does. Takes seconds to minutes, again whenever the recipe changes; nothing at run time.",
      reference:
        "Nagel, Amjad, van Baalen, Louizos, Blankevoort: Up or Down? Adaptive Rounding for Post-Training Quantization, ICML 2020 (arXiv 2004.10568), §3.4, eq. 20–21; solved by coordinate descent: Behdin et al., QuantEase, 2023 (arXiv 2309.01885), algorithm 1",
    },
    learned("rounding"),
  ),
  repair(
    "adaround",
    {
      title: "AdaRound",
      summary:
        "Learned rounding as it was published: a soft place between up and down for each weight, found by many small steps and made hard at the end. Takes several times as long; a recipe has one of the two.",
      reference:
        "Nagel, Amjad, van Baalen, Louizos, Blankevoort: Up or Down? Adaptive Rounding for Post-Training Quantization, ICML 2020 (arXiv 2004.10568), §3.2–3.4, eq. 21–25; on the mean of x xᵀ, ended by a descent",
    },
    learned("adaround"),
  ),
  {
    id: "least-squares",
    title: "Least-squares ranges",
    summary:
      "Gives every quantized tensor the range with the least squared error, in place of its extremes or a percentile: a search tensor by tensor, nothing at run time.",
    reference:
      "Choukroun, Kravchik, Yang, Kisilev: Low-bit Quantization of Neural Networks for Efficient Inference, ICCV Workshops 2019, §3.1 (OMSE)",
    kind: "repair",
    unsuited: (input) => {
      if (!weightsQuantized(input) && !wantsActivations(input.recipe)) return nothingQuantized;
      return leastSquaresEverywhere(input) ? "Every quantized tensor has them already." : undefined;
    },
    propose: async ({ recipe }) =>
      withEverywhere(withEverywhere(recipe, "weight", { range: "mse" }), "activation", { range: "mse" }),
  },
  {
    id: "squant",
    title: "SQuant rounding",
    summary:
      "Rounds some weights the other way, so that the errors of a kernel and of a channel sum to nearly nothing: no data, nothing at run time.",
    reference:
      "Guo, Qiu, Leng, Gao, Zhang, Liu, Yang, Zhu, Guo: SQuant: On-the-Fly Data-Free Quantization via Diagonal Hessian Approximation, ICLR 2022, §3",
    kind: "repair",
    unsuited: (input) => {
      const rows = integerWeights(input);
      if (rows.length === 0)
        return "No weight of this recipe is an integer: only those are rounded to a grid of equal steps.";
      return rows.every(({ id }) => schemeFor(input.recipe, id, "weight")?.rounding === "squant")
        ? "Every integer weight is rounded so already."
        : undefined;
    },
    propose: async ({ recipe }) =>
      withEverywhere(recipe, "weight", { rounding: "squant" }, (id) => id === "" || isInteger(recipe, id)),
  },
  {
    id: "token-folding",
    title: "Folding of constant tokens",
    summary:
      "Computes once what a layer makes of first tokens that are outliers and the same in every sample, and quantizes the others with a range of their own.",
    reference:
      "Zhao, Ning, Fang, Liu, Huang, Lin, Yan, Dai, Wang: MixDQ: Memory-Efficient Few-Step Text-to-Image Diffusion Models with Metric-Decoupled Mixed Precision Quantization, ECCV 2024, §4.1",
    kind: "repair",
    inside: {
      has: ({ tokens }) => tokens !== undefined,
      without: ({ tokens: _, ...recipe }) => recipe,
    },
    unsuited: ({ model, data, recipe }) => {
      if (!weightsQuantized({ recipe, model } as MethodInput)) return nothingQuantized;
      if (!model.layers.some(({ op }) => op === "MatMul"))
        return "No layer multiplies tokens by a matrix: there are none to fold.";
      return data.kind === "real"
        ? undefined
        : "Made-up inputs do not show which tokens are always the same.";
    },
    propose: async ({ recipe }, signal, onProgress) => {
      const fold = await asked(signal, onProgress, (job, onSteps) => engine().foldableTokens(job, onSteps));
      return { ...recipe, tokens: { fold } };
    },
  },
  {
    id: "joint-steps",
    title: "Joint clips (LAPQ)",
    summary:
      "Chooses the clips of all tensors together by the network's own loss on calibration samples: many runs of the network, nothing at run time. A bias correction is left out meanwhile, and made anew for the clips that are found.",
    reference:
      "Nahshan, Chmiel, Baskin, Zheltonozhskii, Banner, Bronstein, Mendelson: Loss Aware Post-training Quantization, Machine Learning 110, 2021 (arXiv 1911.07190), §3–4",
    kind: "repair",
    unsuited: (input) =>
      weightsQuantized(input) || wantsActivations(input.recipe) ? undefined : nothingQuantized,
    propose: ({ recipe, data }, signal, onProgress) =>
      asked(signal, onProgress, async (job, onSteps) => {
        const request = jointRequest(recipe, { method: "lapq", loss: "kl", sweeps: 1 }, data.calibration);
        const report = await engine().optimize(job, request, () => {}, onSteps);
        return report === "cancelled" ? report : report.recipe;
      }),
  },
];
