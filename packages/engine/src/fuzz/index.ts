// The fuzz of opening, for its test and for `pnpm fuzz`. Nothing that ships imports this.

export { attempt, caseFile, type Outcome } from "./attempt.ts";
export { fuzzFiles } from "./files.ts";
