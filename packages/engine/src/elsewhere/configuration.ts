// A decision in another tool's words, as a file to hand over.

export interface Configuration {
  /** What it is called. */
  readonly name: string;
  readonly text: string;
  /** What of the recipe is not in it: a sentence each. */
  readonly left: readonly string[];
}
