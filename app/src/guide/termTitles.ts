// How the words of ui/terms.ts are headed in the guide, where their key is not the word itself.

import type { TermName } from "../ui/terms.ts";

const titles: Readonly<Partial<Record<TermName, string>>> = {
  block: "Scale a block",
  channel: "Scale a channel",
  flips: "Changed answers",
  guessedLabels: "Guessed labels",
  kl: "KL",
  lapq: "LAPQ",
  mac: "MAC",
  mse: "Relative squared error",
  ratio: "Predicted ÷ measured",
  spearman: "Spearman's correlation",
  sqnr: "SQNR",
  top1: "Top-1 accuracy",
};

export const termTitle = (term: TermName) => titles[term] ?? `${term[0]?.toUpperCase()}${term.slice(1)}`;
