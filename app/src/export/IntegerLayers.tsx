// The inspector of an integer-only file: each layer's b / 2^c, what it is off, and what could overflow.

import type { IntegerLayer, IntegerReport } from "@bitscape/engine";
import { formatCount } from "../ui/numbers.ts";
import { PagedTable } from "../ui/PagedTable.tsx";

const heads = ["Layer", "b / 2ᶜ", "Off by", "Worst, steps", "Sum, bits"];

export function IntegerLayers({ report, file }: { readonly report: IntegerReport; readonly file: string }) {
  const layers = report.layers.filter(({ branches }) => branches.length > 0);
  const overflowing = layers.filter(({ overflow }) => overflow?.int32 === true).map(({ id }) => id);
  const worst = Math.max(0.5, ...layers.map(({ worstLsb }) => worstLsb));
  return (
    <section className="export-integer" aria-label="Integer arithmetic">
      <h3>Integer arithmetic</h3>
      <p>
        {report.floatOperators.length === 0
          ? "No float operator between the first quantizer and the last. "
          : `${formatCount(report.floatOperators.length)} operators stay float between quantizers. `}
        A rescaled sum is at most {worst.toFixed(3)} steps off its exact value;{" "}
        {overflowing.length === 0
          ? "no input can overflow an int32 sum."
          : `some input could overflow the int32 sums of ${overflowing.join(", ")}.`}
      </p>
      <PagedTable
        caption={`Multipliers and shifts of ${formatCount(layers.length)} layers, of the worst channel where each has its own; how far they are off the exact factor, relatively, and a rescaled sum in steps of the output`}
        heads={heads}
        count={layers.length}
        row={(index) => cells(layers[index] as IntegerLayer)}
        file={`${file.replace(/\.onnx$/, "")}.integer.csv`}
      />
    </section>
  );
}

function cells({ id, branches, worstLsb, overflow }: IntegerLayer): readonly string[] {
  return [
    id,
    branches.map(({ multiplier, shift }) => `${multiplier} / 2^${shift}`).join(", "),
    Math.max(...branches.map(({ relativeError }) => relativeError)).toExponential(1),
    worstLsb.toFixed(4),
    overflow ? String(overflow.accumulatorBits) : "–",
  ];
}
