// The loss from the float weights to the quantized ones and beyond, a line a bit-width.

import type { WeightSlice } from "@bitscape/engine";
import { useRef } from "react";
import { LineChart } from "../charts/LineChart.tsx";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { formatDivergence } from "../ui/numbers.ts";
import { pathCsv } from "./csv.ts";
import { lossUnit, sampleWords } from "./readings.ts";
import { surfaceBits, surfaceName } from "./surfaces.ts";

interface Props {
  readonly slice: WeightSlice;
  readonly stale: boolean;
}

export function WeightPath({ slice, stale }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const [axis] = slice.axes;
  const unit = lossUnit(slice.metric);
  const lines = slice.surfaces.map(({ of, loss }) => ({
    name: surfaceName(of),
    bits: surfaceBits(of),
    values: loss,
  }));
  const at = (loss: Float64Array, value: number) => {
    const i = axis.values.findIndex((each) => Math.abs(each - value) < 1e-9);
    return i < 0 ? Number.NaN : (loss[i] as number);
  };
  return (
    <div className="landscape-columns" data-wide="">
      <figure className="landscape-picture" data-wide="" aria-label="From float to quantized">
        <LineChart
          label={`Loss along the line from float (0) to quantized (1): ${lines.map(({ name }) => name).join(", ")}`}
          axis={{ label: axis.label, values: axis.values, scale: "linear" }}
          lines={lines}
          unit={unit}
          marks={[
            { at: 0, name: "float" },
            { at: 1, name: "quantized" },
          ]}
          stale={stale}
          svgRef={svg}
        />
        <figcaption className="landscape-caption">
          <span className="quiet">
            {unit}, measured, {sampleWords(slice.n, slice.data)}
          </span>
          <SaveMenu
            label="Save the path"
            name="path-float-to-quantized"
            title="Loss from the float weights to the quantized ones, and beyond"
            source={`measured, ${sampleWords(slice.n, slice.data)}`}
            picture={() => svg.current}
            csv={() => pathCsv(slice)}
          />
        </figcaption>
      </figure>
      <table className="points-table">
        <caption className="hidden">Loss at a few places of the path</caption>
        <thead>
          <tr>
            <th>weights</th>
            <th>halfway (0.5)</th>
            <th>quantized (1)</th>
            <th>beyond (1.5)</th>
          </tr>
        </thead>
        <tbody>
          {slice.surfaces.map(({ of, loss }) => (
            <tr key={of}>
              <th scope="row">{surfaceName(of)}</th>
              {[0.5, 1, 1.5].map((value) => {
                const found = at(loss, value);
                return <td key={value}>{Number.isNaN(found) ? "…" : formatDivergence(found)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
