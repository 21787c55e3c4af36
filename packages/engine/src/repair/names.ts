// The names of repairs, as recipes and flags have them. What a recipe asks for by them is asked.ts.

/** In the order in which they are done. */
export const repairNames = ["equalization", "rounding", "adaround", "bias-correction"] as const;
export type RepairName = (typeof repairNames)[number];

/** Two ways of learning the same thing, of which a recipe has one: by descent, or as published. */
export const learnedNames = ["rounding", "adaround"] as const satisfies readonly RepairName[];
export type LearnedName = (typeof learnedNames)[number];
