// The edge between the inspector and the budget.

import { limits, setSide, useSide } from "./state/side.ts";
import { Divider } from "./ui/Divider.tsx";

export function SideDivider() {
  const share = useSide((state) => state.share);
  return (
    <Divider
      label="Height of the inspector"
      share={share}
      least={limits.least}
      most={limits.most}
      shareAt={(y, edge) => {
        const { top, height } = (edge.parentElement as Element).getBoundingClientRect();
        return (y - top) / height;
      }}
      grows="down"
      onShare={setSide}
      onReset={() => setSide(limits.usual)}
    />
  );
}
