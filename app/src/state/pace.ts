// How fast steps follow each other, for the time left. The median of the last intervals: a sweep stands aside while something
// else is measured, and such a pause says nothing of its pace.

const kept = 25;
const needed = 3;

export class Pace {
  readonly #intervals: number[] = [];
  #last: number | null = null;

  /** A step has been done at this time, in milliseconds. */
  step(now: number): void {
    if (this.#last !== null) this.#intervals.push(now - this.#last);
    if (this.#intervals.length > kept) this.#intervals.shift();
    this.#last = now;
  }

  /** Seconds that so many more steps take; null while too little is known. */
  secondsFor(steps: number): number | null {
    if (this.#intervals.length < needed) return null;
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    return (steps * (sorted[sorted.length >> 1] as number)) / 1000;
  }
}
