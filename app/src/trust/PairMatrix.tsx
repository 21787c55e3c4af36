// The interactions of every two layers as a matrix: orange where errors add up, violet where they cancel. Drawn by
// charts/MatrixChart.tsx.

import { useMemo, useRef } from "react";
import { ColourBar } from "../charts/ColourBar.tsx";
import { shareColour } from "../charts/colour.ts";
import { signedKey } from "../charts/colourKey.ts";
import { MatrixChart } from "../charts/MatrixChart.tsx";
import { SaveMenu } from "../charts/SaveMenu.tsx";
import { shortName } from "../layers/formats.ts";
import type { Pairs } from "../state/store.ts";
import { formatCount } from "../ui/numbers.ts";
import { useDark } from "../ui/theme.ts";
import { pairAt, pairsCsv, pairWords } from "./pairs.ts";

const meaning = "share of the most that two errors can: −1 cancel, +1 add up";
const place = (share: number) => (share + 1) / 2;
const colour = (at: number, dark: boolean) => shareColour(2 * at - 1, dark);

export function PairMatrix({ pairs, unit }: { readonly pairs: Pairs; readonly unit: string }) {
  const svg = useRef<SVGSVGElement>(null);
  const dark = useDark();
  const { layers, bits, n } = pairs;
  const shares = useMemo(
    () =>
      Float64Array.from(
        pairs.matrix,
        (_, k) => pairAt(pairs, Math.floor(k / layers.length), k % layers.length).share,
      ),
    [pairs, layers],
  );
  return (
    <figure className="pair-matrix" aria-label="Interactions of layers">
      <MatrixChart
        label={`Interactions of ${layers.length} layers with one another; the list beside it has the largest`}
        names={layers}
        matrix={shares}
        place={place}
        colour={colour}
        axes="layers, in the order of the network"
        most={472}
        svgRef={svg}
        words={(row, column) => pairWords(pairAt(pairs, row, column), unit)}
        idle="Point at a cell, or walk with the arrow keys."
      />
      <figcaption className="trust-row">
        <ColourBar of={signedKey(meaning, dark)} />
        <SaveMenu
          label="Save the interactions"
          name={`interactions-${shortName(bits)}-bits`}
          title={`Interactions of the weights of every two layers, all at ${shortName(bits)} bits`}
          source={`predicted, n=${formatCount(n)}`}
          picture={() => svg.current}
          colours={(dark) => signedKey(meaning, dark)}
          csv={() => pairsCsv(pairs)}
        />
      </figcaption>
    </figure>
  );
}
