// The edge between the work and the dock.

import type { RefObject } from "react";
import { LEAST, MOST, resetShare, setShare, useDock } from "../state/dock.ts";
import { Divider as Edge } from "../ui/Divider.tsx";

/** @param of the dock: until its edge is moved it may be lower than its share, to leave the work some rows */
export function Divider({ of }: { readonly of: RefObject<HTMLElement | null> }) {
  const share = useDock((state) => state.share);
  return (
    <Edge
      label="Height of the panel"
      share={share}
      least={LEAST}
      most={MOST}
      seen={() => (of.current ? of.current.offsetHeight / window.innerHeight : share)}
      shareAt={(y) => 1 - y / window.innerHeight}
      grows="up"
      onShare={setShare}
      onReset={resetShare}
    />
  );
}
