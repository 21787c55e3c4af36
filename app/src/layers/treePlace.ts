// Where a row is in the tree of groups, for those who cannot see how far it is indented.

import type { CSSProperties } from "react";
import type { Row } from "../state/rows/rows.ts";
import { rowHeight } from "./columns.ts";

/** Attributes of a row; without a tree its height alone. */
export function treePlace({ place }: Row, grouped: boolean) {
  if (!grouped) return { style: { height: rowHeight } };
  return {
    "aria-level": place.level,
    "aria-posinset": place.position,
    "aria-setsize": place.siblings,
    style: { height: rowHeight, "--level": place.level } as CSSProperties,
  };
}
