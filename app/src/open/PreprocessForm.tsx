// How pixels become inputs: a preset, and each field of it.

import { type Preprocess, preprocessPresets } from "@bitscape/engine";
import { preprocess as apply } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { Select } from "../ui/Select.tsx";
import { TextField } from "../ui/TextField.tsx";
import {
  type PresetName,
  presetNameOf,
  presetTexts,
  readNumber,
  readNumbers,
  readPixels,
  writeNumber,
  writeNumbers,
} from "./preprocessing.ts";

export function PreprocessForm({ preprocess }: { readonly preprocess: Preprocess }) {
  const kind = useStore((state) => state.dataRequest.kind);
  const fixed = kind !== "files";
  const preset = presetNameOf(preprocess) ?? "own";
  const channels = preprocess.channels === "gray" ? 1 : 3;
  const change = (fields: Partial<Preprocess>) => void apply(fields);
  return (
    <section aria-label="Preprocessing">
      <h3>Preprocessing</h3>
      {fixed && <p className="quiet">Given by the bundled data set; your own images can have any.</p>}
      <div className="preprocess">
        <Select
          label="Preprocessing preset"
          value={preset}
          disabled={fixed}
          options={[
            ...Object.entries(presetTexts).map(([value, text]) => ({ value, text })),
            ...(preset === "own" ? [{ value: "own", text: "Own values" }] : []),
          ]}
          onChange={(name) => {
            const { layout: _, ...numbers } = preprocessPresets[name as PresetName];
            change(numbers);
          }}
        />
        <div className="preprocess-fields">
          <TextField
            label="Resize shorter side, pixels"
            value={String(preprocess.resize)}
            disabled={fixed}
            read={readPixels}
            onChange={(resize) => change({ resize })}
          />
          <TextField
            label="Centre crop, pixels"
            value={String(preprocess.crop)}
            disabled={fixed}
            read={readPixels}
            onChange={(crop) => change({ crop })}
          />
          <TextField
            label="Scale"
            value={writeNumber(preprocess.scale)}
            disabled={fixed}
            read={(text) => finite(readNumber(text))}
            onChange={(scale) => change({ scale })}
          />
          <TextField
            label="Mean"
            value={writeNumbers(preprocess.mean)}
            disabled={fixed}
            read={(text) => readNumbers(text, channels)}
            onChange={(mean) => change({ mean })}
          />
          <TextField
            label="Standard deviation"
            value={writeNumbers(preprocess.std)}
            disabled={fixed}
            read={(text) => readNumbers(text, channels)}
            onChange={(std) => change({ std })}
          />
          <div className="text-field">
            <span>Channels</span>
            <Select
              label="Channels"
              value={preprocess.channels}
              disabled={fixed}
              options={[
                { value: "rgb", text: "RGB" },
                { value: "bgr", text: "BGR" },
                { value: "gray", text: "gray" },
              ]}
              onChange={(value) => change(channelChange(preprocess, value as Preprocess["channels"]))}
            />
          </div>
          <div className="text-field">
            <span>Layout</span>
            <Select
              label="Layout"
              value={preprocess.layout}
              disabled={fixed}
              options={[
                { value: "nchw", text: "NCHW" },
                { value: "nhwc", text: "NHWC" },
              ]}
              onChange={(value) => change({ layout: value as Preprocess["layout"] })}
            />
          </div>
        </div>
      </div>
      <p className="quiet formula">x = (pixel · scale − mean) / std</p>
    </section>
  );
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** Between gray and colour, lists of one a channel no longer fit: their first number stays. */
function channelChange(before: Preprocess, channels: Preprocess["channels"]): Partial<Preprocess> {
  const fits = (values: readonly number[]) =>
    values.length === 1 || values.length === (channels === "gray" ? 1 : 3);
  const first = (values: readonly number[]) => (fits(values) ? values : values.slice(0, 1));
  return { channels, mean: first(before.mean), std: first(before.std) };
}
