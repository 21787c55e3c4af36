// What the colours of loss mean: the scale, a few values on it, and their unit.

import { formatDivergence } from "../ui/numbers.ts";
import { useDark } from "../ui/theme.ts";
import { gradient } from "./colour.ts";
import { powerOfTen } from "./logAxis.ts";
import { type LossScale, legendValues, placeOn } from "./lossScale.ts";

interface Props {
  readonly scale: LossScale;
  /** "KL to float, nats (log scale)". */
  readonly unit: string;
}

export function LossLegend({ scale, unit }: Props) {
  const dark = useDark();
  return (
    <div className="loss-legend">
      <span>{unit}</span>
      <span className="loss-legend-bar" style={{ background: gradient(dark) }} />
      <span className="loss-legend-values">
        {legendValues(scale).map((value) => (
          <span key={value} style={{ left: `${100 * placeOn(scale, value)}%` }}>
            {legendText(value)}
          </span>
        ))}
      </span>
    </div>
  );
}

/** As short as can be: it stands beside others. */
function legendText(value: number): string {
  const exponent = Math.log10(value);
  if (Number.isInteger(exponent)) return powerOfTen(exponent);
  if (value >= 1e4) return value.toExponential(0).replace("+", "");
  return value >= 100 ? String(Math.round(value)) : formatDivergence(value, 2);
}
