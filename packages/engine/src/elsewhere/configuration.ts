// A decision in another tool's words, as files to hand over.

export interface Configuration {
  /** What it is called. */
  readonly name: string;
  readonly text: string;
  /** Files that belong to it. */
  readonly beside?: readonly { readonly name: string; readonly text: string }[];
  /** What of the recipe is not in it, or not as the recipe has it: a sentence each. */
  readonly left: readonly string[];
}

/** A network's name without its file's ending: what the files of a configuration are called after. */
export const stem = (name: string) => name.replace(/\.onnx$/i, "");
