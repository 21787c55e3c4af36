// How pixels become inputs: presets, and each number of them; what is typed is tried on a few samples before it is applied.

import type { Preprocess } from "@bitscape/engine";
import { useEffect } from "react";
import { preprocess as apply } from "../state/opening.ts";
import { useStore } from "../state/store.ts";
import { cancelTyped, tryTyped, useTrying } from "../state/trying.ts";
import { formatAccuracyFinding, formatCount, formatPercent } from "../ui/numbers.ts";
import { Select } from "../ui/Select.tsx";
import { TextField } from "../ui/TextField.tsx";
import { PresetList } from "./PresetList.tsx";
import { readNumber, readNumbers, readPixels, writeNumber, writeNumbers } from "./preprocessing.ts";

export function PreprocessForm({ preprocess }: { readonly preprocess: Preprocess }) {
  const kind = useStore((state) => state.dataRequest.kind);
  const fixed = kind !== "files";
  const channels = preprocess.channels === "gray" ? 1 : 3;
  const change = (fields: Partial<Preprocess>) => {
    cancelTyped();
    void apply(fields);
  };
  const type = (fields: Partial<Preprocess>) => tryTyped({ ...preprocess, ...fields });
  useEffect(() => cancelTyped, []);
  return (
    <section aria-label="Preprocessing" className="preprocess">
      {fixed && <p className="quiet">Given by the bundled data set; your own images can have any.</p>}
      <PresetList preprocess={preprocess} />
      <Typed />
      <div className="preprocess-fields">
        <TextField
          label="Resize shorter side, pixels"
          value={String(preprocess.resize)}
          disabled={fixed}
          read={readPixels}
          onType={(resize) => type({ resize })}
          onChange={(resize) => change({ resize })}
        />
        <TextField
          label="Centre crop, pixels"
          value={String(preprocess.crop)}
          disabled={fixed}
          read={readPixels}
          onType={(crop) => type({ crop })}
          onChange={(crop) => change({ crop })}
        />
        <TextField
          label="Scale"
          value={writeNumber(preprocess.scale)}
          disabled={fixed}
          read={(text) => finite(readNumber(text))}
          onType={(scale) => type({ scale })}
          onChange={(scale) => change({ scale })}
        />
        <TextField
          label="Mean"
          value={writeNumbers(preprocess.mean)}
          disabled={fixed}
          read={(text) => readNumbers(text, channels)}
          onType={(mean) => type({ mean })}
          onChange={(mean) => change({ mean })}
        />
        <TextField
          label="Standard deviation"
          value={writeNumbers(preprocess.std)}
          disabled={fixed}
          read={(text) => readNumbers(text, channels)}
          onType={(std) => type({ std })}
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
      <p className="quiet formula">x = (pixel · scale − mean) / std, applied with Enter</p>
    </section>
  );
}

/** What the float network would come to with what is typed. */
function Typed() {
  const typed = useTrying((state) => state.typed);
  if (!typed) return null;
  const { tried } = typed;
  const text = !tried
    ? "trying…"
    : tried.failure
      ? tried.failure
      : tried.top1
        ? `float top-1 ${formatAccuracyFinding(tried.top1)} (n=${formatCount(tried.n)})`
        : `mean confidence ${formatPercent(tried.confidence?.value ?? Number.NaN)} % (n=${formatCount(tried.n)}), no labels`;
  return (
    <p role="status" className="typed">
      With what is typed: {text}
    </p>
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
