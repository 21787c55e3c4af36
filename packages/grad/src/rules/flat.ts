// The rule of functions whose derivative is zero wherever there is one: steps, comparisons, indices, shapes.

import type { GradRule } from "../site.ts";

/** No gradient for any input. Activity compares with this very function: nothing behind it is differentiated. */
export const flat: GradRule = () => [];
