// In which order remedies are listed: what is sure to help, what makes no difference that is seen, what is sure to harm; within
// those by the mean gain, which rests on more samples for some than for others.

import type { TriedRemedy } from "./calls.ts";
import { type Verdict, verdictOf } from "./paired.ts";

const rank: Readonly<Record<Verdict, number>> = { better: 0, noise: 1, worse: 2 };

const placeOf = ({ gain }: TriedRemedy) => (gain ? rank[verdictOf(gain)] : 3);
const gainOf = ({ gain }: TriedRemedy) => gain?.value ?? 0;
const bytesOf = ({ bytes }: TriedRemedy) => bytes ?? Number.MAX_VALUE;

/** What gains most first; of equals what takes less. */
export const byGain = (a: TriedRemedy, b: TriedRemedy): number =>
  placeOf(a) - placeOf(b) || gainOf(b) - gainOf(a) || bytesOf(a) - bytesOf(b);

/** What takes least first; of equals what gains more. */
export const byBytes = (a: TriedRemedy, b: TriedRemedy): number => bytesOf(a) - bytesOf(b) || byGain(a, b);
