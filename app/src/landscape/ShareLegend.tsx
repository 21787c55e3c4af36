// The colours of a share from nothing to all.

import { gradient } from "../charts/colour.ts";
import { useDark } from "../ui/theme.ts";

export function ShareLegend({ text }: { readonly text: string }) {
  const dark = useDark();
  return (
    <div className="loss-legend">
      <span>{text}</span>
      <span className="loss-legend-bar" style={{ background: gradient(dark) }} />
      <span className="loss-legend-values">
        <span style={{ left: 0 }}>0</span>
        <span style={{ left: "50%" }}>0.5</span>
        <span style={{ left: "100%" }}>1</span>
      </span>
    </div>
  );
}
