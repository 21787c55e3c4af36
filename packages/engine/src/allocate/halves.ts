// The samples of a search, and those that tell what it found from luck.

import type { Study } from "../study.ts";

/**
 * Every other sample: what comes in some order (of classes, of speakers) is in both halves.
 * @param count of both together; all where it is not given
 */
export function halvesOf(study: Study, count?: number): { seen: number[]; unseen: number[] } {
  const samples = study.samples(count);
  return { seen: samples.filter((_, i) => i % 2 === 0), unseen: samples.filter((_, i) => i % 2 === 1) };
}
