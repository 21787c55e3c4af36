// How fast work goes, for the time left. The median over the last steps: a sweep stands aside while something else is
// measured, and such a pause says nothing of its pace. Work that grows while it is done is reckoned to go on growing.

const kept = 25;
const needed = 3;
/** Where so much more work comes into view for every unit done, nobody knows when it ends. */
const endless = 0.9;

interface Step {
  /** Milliseconds. */
  readonly time: number;
  readonly done: number;
  readonly total: number;
}

export class Pace {
  readonly #steps: Step[] = [];

  /** So many units are done of so many in view. */
  step(time: number, done: number, total: number): void {
    const last = this.#steps.at(-1);
    if (last && done <= last.done) return;
    this.#steps.push({ time, done, total });
    if (this.#steps.length > kept + 1) this.#steps.shift();
  }

  /** Seconds until all is done; null while too little is known. */
  secondsLeft(): number | null {
    const [first, last] = [this.#steps[0], this.#steps.at(-1)];
    if (!first || !last || this.#steps.length <= needed) return null;
    const growth = Math.max(0, (last.total - first.total) / (last.done - first.done));
    if (growth > endless) return null;
    const paces = this.#steps.slice(1).map(({ time, done }, i) => {
      const before = this.#steps[i] as Step;
      return (time - before.time) / (done - before.done);
    });
    const pace = paces.sort((a, b) => a - b)[paces.length >> 1] as number;
    return ((last.total - last.done) / (1 - growth)) * (pace / 1000);
  }
}
