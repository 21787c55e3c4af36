// The list of kept studies, with the room they take, read anew when asked and when another page changes it.

import { useCallback, useEffect, useState } from "react";
import { sentenceOf } from "../state/notices.ts";
import { claimed, hearPages } from "./claim.ts";
import { type Found, keptStudies } from "./documents.ts";
import { useStanding } from "./standing.ts";

export interface Listed extends Found {
  /** Whether some page has it open. */
  readonly inUse: (id: string) => boolean;
  /** Bytes that this page's origin takes of the browser's storage, and may take; null where the browser does not say. */
  readonly room: { readonly used: number; readonly most: number } | null;
  /** The browser has promised not to clear it by itself. */
  readonly lasting: boolean;
}

export type Listing =
  | { readonly kind: "reading" }
  | { readonly kind: "refused"; readonly sentence: string }
  | { readonly kind: "listed"; readonly value: Listed };

/** @param shown nothing is read while it is false */
export function useKeptStudies(shown: boolean): readonly [Listing, again: () => void] {
  const [listing, setListing] = useState<Listing>({ kind: "reading" });
  const standing = useStanding((state) => state.standing.kind);
  const again = useCallback(() => {
    list().then(
      (value) => setListing({ kind: "listed", value }),
      (error) => setListing({ kind: "refused", sentence: sentenceOf(error) }),
    );
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept changes with how keeping stands
  useEffect(() => {
    if (!shown) return;
    again();
    return hearPages(again);
  }, [shown, again, standing]);
  return [listing, again];
}

async function list(): Promise<Listed> {
  const [found, inUse, estimate, lasting] = await Promise.all([
    keptStudies(),
    claimed(),
    navigator.storage?.estimate?.().catch(() => null) ?? null,
    navigator.storage?.persisted?.().catch(() => false) ?? false,
  ]);
  const { usage, quota } = estimate ?? {};
  const room = usage !== undefined && quota !== undefined ? { used: usage, most: quota } : null;
  return { ...found, inUse, room, lasting };
}
