// What the page and the frame that fetches say to each other.

export interface Ask {
  readonly url: string;
}

export type Tell =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly blob: Blob }
  | { readonly kind: "failed"; readonly sentence: string };
