// The line below a saved picture: of which model and data it is, and how its numbers were found.

import { formatCount } from "../ui/numbers.ts";

interface Study {
  readonly model: { readonly name: string } | null;
  readonly data: {
    readonly name: string;
    readonly kind: string;
    readonly size: number;
    readonly labelOrigin?: string;
  } | null;
}

/** @param found "measured, n=64": how the numbers of this picture were found */
export function sourceLine({ model, data }: Study, found: string): string {
  const samples =
    data &&
    (data.kind === "synthetic"
      ? "synthetic data"
      : `${data.name} (${formatCount(data.size)} samples${data.labelOrigin === "answers" ? ", labels from its own answers" : ""})`);
  return [model?.name, samples, found, "Bitscape"].filter(Boolean).join(" · ");
}
