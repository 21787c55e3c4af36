// How classes and samples are called.

import type { ComparedSample } from "@bitscape/engine";

export const className = (classes: readonly string[] | null, index: number) =>
  classes?.[index] || `class ${index}`;

export const sampleName = ({ name, index }: Pick<ComparedSample, "name" | "index">) =>
  name ? (name.split("/").at(-1) as string) : `sample ${index}`;
