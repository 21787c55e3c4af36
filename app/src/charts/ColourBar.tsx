// What the colours of a picture mean, on the page: a bar of them, a few values below it, and their unit above.

import type { ColourKey } from "./colourKey.ts";
import "./field.css";

export function ColourBar({ of: { unit, colours, marks } }: { readonly of: ColourKey }) {
  return (
    <div className="loss-legend">
      <span>{unit}</span>
      <span
        className="loss-legend-bar"
        style={{ background: `linear-gradient(to right, ${colours.join(", ")})` }}
      />
      <span className="loss-legend-values">
        {marks.map(({ place, text }) => (
          <span key={text} style={{ left: `${100 * place}%` }}>
            {text}
          </span>
        ))}
      </span>
    </div>
  );
}
