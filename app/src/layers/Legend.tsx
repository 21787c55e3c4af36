// What the heatmap's colours and marks mean, in words and units.

import { gradient, legendTicks, lossColour, position } from "../charts/colour.ts";
import { useStore } from "../state/store.ts";
import { Term } from "../ui/Term.tsx";
import { useDark } from "../ui/theme.ts";
import { EstimatorMenu } from "./EstimatorMenu.tsx";
import "./legend.css";

export function Legend() {
  const dark = useDark();
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const swatch = lossColour(0.03, dark);
  return (
    <div className="legend">
      <div className="legend-scale">
        <span className="legend-title">
          {metric === "mse" ? (
            <Term of="mse">relative squared error</Term>
          ) : (
            <>
              <Term of="kl">KL</Term> to float, nats
            </>
          )}
        </span>
        <div className="legend-bar" style={{ background: gradient(dark) }} aria-hidden="true">
          {legendTicks.map((tick) => (
            <span key={tick} style={{ left: `${100 * position(tick)}%` }}>
              {tick}
            </span>
          ))}
        </div>
      </div>
      <ul className="legend-marks">
        <li>
          <i style={{ background: swatch }} /> measured
        </li>
        <li>
          <i data-mark="predicted" style={{ background: swatch }} /> predicted
          <EstimatorMenu />
        </li>
        <li>
          <i data-mark="unknown" /> unknown
        </li>
        <li>
          <i data-mark="chosen" /> chosen
        </li>
      </ul>
    </div>
  );
}
