// Memory: whether a stored weight stays small while a session holds it, or is expanded to floats when it loads.
// Expanded weights run at the speed of the float network; compact ones are decoded at every run.

export const memories = ["compact", "expanded"] as const;
export type Memory = (typeof memories)[number];
