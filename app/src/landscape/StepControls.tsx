// Which two tensors, at how many bits, on which scale; and the picture as a file.

import { put, useLandscape } from "../state/landscape/landscape.ts";
import type { StepAsked } from "../state/landscape/slices.ts";
import {
  isQuantized,
  type Pair,
  type SliceBits,
  sliceWidths,
  tensorKey,
  tensorName,
  tensorsOf,
} from "../state/landscape/tensors.ts";
import { useStore } from "../state/store.ts";
import { Segments } from "../ui/Segments.tsx";
import { TensorPicker } from "./TensorPicker.tsx";

export function StepControls({ asked: { pair, bits, scale, samples } }: { readonly asked: StepAsked }) {
  const layers = useStore((state) => state.model?.layers);
  const recipe = useStore((state) => state.recipe);
  const available = useStore((state) => state.data?.evaluation ?? 0);
  const surface = useLandscape((state) => state.surface);
  const tensors = tensorsOf(layers ?? [], recipe);
  const choices = tensors.map((of) => ({ key: tensorKey(of), name: tensorName(of) }));
  const choose = (i: 0 | 1) => (key: string) => {
    const of = tensors.find((each) => tensorKey(each) === key);
    if (!of) return;
    const other = pair[1 - i] as Pair[0];
    // The other one's place is free when it is chosen here.
    const rest = tensorKey(other) === key ? (pair[i] as Pair[0]) : other;
    put({ pair: i === 0 ? [of, rest] : [rest, of], bits });
  };
  const inRecipe = pair.every((of) => isQuantized(recipe, of));
  return (
    <div className="landscape-controls">
      <span className="landscape-field">
        <span className="quiet">up</span>
        <TensorPicker
          label="Tensor of the vertical axis"
          value={tensorKey(pair[0])}
          choices={choices}
          onChange={choose(0)}
        />
      </span>
      <span className="landscape-field">
        <span className="quiet">right</span>
        <TensorPicker
          label="Tensor of the horizontal axis"
          value={tensorKey(pair[1])}
          choices={choices}
          onChange={choose(1)}
        />
      </span>
      <span className="landscape-field">
        <span className="quiet">bits</span>
        <Segments
          label="Bits of both tensors"
          value={String(bits)}
          options={[
            { value: "recipe", text: "recipe’s", disabled: !inRecipe },
            ...sliceWidths.map((width) => ({ value: String(width), text: String(width) })),
          ]}
          onChange={(value) => put({ pair, bits: bitsNamed(value) })}
        />
      </span>
      <span className="landscape-field">
        <span className="quiet">samples</span>
        <Segments
          label="Samples of each point"
          value={String(samples)}
          options={[...new Set([16, 64, 256, samples])]
            .filter((count) => count <= Math.max(samples, available))
            .sort((a, b) => a - b)
            .map((count) => ({ value: String(count), text: String(count) }))}
          onChange={(value) => put({ pair, bits, samples: Number(value) })}
        />
      </span>
      <Segments
        label="Scale of the axes"
        value={scale}
        options={[
          { value: "log", text: "log" },
          { value: "linear", text: "linear" },
        ]}
        onChange={(value) => put({ pair, bits, scale: value as "log" })}
      />
      <Segments
        label="Picture"
        value={surface ? "surface" : "map"}
        options={[
          { value: "map", text: "map" },
          { value: "surface", text: "3-D" },
        ]}
        onChange={(value) => put({ surface: value === "surface" })}
      />
    </div>
  );
}

const bitsNamed = (value: string): SliceBits => (value === "recipe" ? value : Number(value));
