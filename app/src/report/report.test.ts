// The report: what it says, and that no name can make it say anything else.

import { type LayerSummary, presetRecipe, type Recipe, recipeKey, type Score } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { initialState, type State } from "../state/store.ts";
import { cellKey } from "../state/sweep/known.ts";
import { rememberVerified } from "../state/verified.ts";
import { escaped, html } from "../ui/markup.ts";
import { commandsFor } from "./again.ts";
import { composition, schemeWords } from "./decision.ts";
import { factsOf } from "./facts.ts";
import { reportPage } from "./page.ts";

const layer: LayerSummary = {
  id: "<b>stem</b>",
  op: "Conv",
  weights: [{ name: "w", shape: [8, 3, 3, 3], dtype: "float32", bytes: 864, elements: 216 }],
  macs: 1000,
  activations: [],
  sharedWith: [],
  depthwise: false,
};
const recipe: Recipe = { ...presetRecipe("w4"), seed: 7 };
const key = recipeKey(recipe);
const finding = (value: number, source: "measured" | "predicted") =>
  ({ value, low: value * 0.9, high: value * 1.1, n: 64, source, of: key }) as const;
const score: Score = {
  metric: "kl",
  divergence: finding(0.0123, "measured"),
  top1: { ...finding(0.5, "measured"), n: 1000 },
  data: "real",
  done: true,
};

function stateWith(change: Partial<State>): State {
  return {
    ...initialState,
    recipe,
    float: { ...score, divergence: finding(0, "measured") },
    model: {
      name: "net.onnx",
      bytes: 10_000,
      sha256: "ab".repeat(32),
      opset: 17,
      irVersion: 8,
      producer: "",
      parameters: 216,
      inputs: [],
      outputs: [],
      layers: [layer],
      skipped: [],
      pins: {},
      notes: [],
    },
    data: {
      name: "pictures.zip",
      kind: "real",
      size: 100,
      digest: "cd".repeat(32),
      labelled: true,
      classes: 2,
      skipped: [],
      preprocess: null,
      calibration: 40,
      evaluation: 60,
      labelProblem: null,
    },
    ...change,
  };
}

const comparing = { report: null, layers: null };
const made = new Date("2026-01-02T03:04:05Z");

function pageOf(change: Partial<State>): Document {
  const facts = factsOf(stateWith(change), comparing, made, "1.2.3");
  if (!facts) throw new Error("no study");
  return new DOMParser().parseFromString(reportPage(facts), "text/html");
}

describe("the report", () => {
  it("says what was decided, from what, and how to do it again", () => {
    const text = pageOf({ measured: { key, value: score } }).body.textContent ?? "";
    for (const words of [
      "net.onnx",
      "pictures.zip",
      "ab".repeat(32),
      "cd".repeat(32),
      "Seed 7",
      "50.0 %",
      "0.0123",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toContain("2026-01-02 03:04 UTC");
    expect(text).toContain("SQuant");
    expect(text).toMatch(/bitscape quantize net\.onnx --recipe recipe\.json/);
    const json = [...pageOf({}).querySelectorAll("details pre")][0]?.textContent ?? "";
    expect(JSON.parse(json)).toEqual(recipe);
  });

  it("keeps what the verification of this recipe's file said, once the dialog has let go of the file", () => {
    const state = stateWith({});
    const verification = {
      ok: true,
      runtime: "ONNX Runtime 9",
      n: 60,
      sqnrDb: 31.4,
      maxAbsDiff: 0.25,
      agreement: 0.95,
      score,
      simulated: { maxAbsDiff: 0, sqnrDb: Number.POSITIVE_INFINITY, agreement: 1 },
      sentence: "It computes what the screen promised.",
    };
    const bytes = new Uint8Array(123);
    const result = {
      fileName: "net.quantized.onnx",
      bytes,
      sha256: "ef".repeat(32),
      opset: 17,
      warnings: [],
    };
    rememberVerified({ ...result, verification }, key, state);
    const facts = factsOf(state, comparing, made, "1.2.3");
    const text = facts && new DOMParser().parseFromString(reportPage(facts), "text/html").body.textContent;
    for (const words of [
      "It computes what",
      "123 bytes",
      "ef".repeat(32),
      "31.4 dB",
      "95.0 %",
      "verified in",
    ]) {
      expect(text).toContain(words);
    }
    // Of another study with the same recipe it says nothing.
    expect(pageOf({ ...stateWith({}) }).body.textContent).toContain("No file of this recipe");
  });

  it("gives command lines that name the data, how they were read, and the pins", () => {
    const { model, data } = stateWith({});
    if (!model || !data) throw new Error("no study");
    const preprocess = {
      resize: 256,
      crop: 224,
      scale: 1 / 255,
      mean: [0.5],
      std: [0.25],
      channels: "rgb",
      layout: "nchw",
    } as const;
    const asked = { model: { ...model, pins: { "N 1": 2 } }, data: { ...data, preprocess }, recipe };
    expect(commandsFor(asked)[0]).toBe(
      "npx bitscape quantize net.onnx --recipe recipe.json --data pictures.zip --resize 256 --crop 224 --scale 1/255 --mean=0.5 --std=0.25 --channels rgb --layout nchw --pin 'N 1=2' --seed 7 --output quantized.onnx",
    );
    const synthetic = {
      model,
      data: { ...data, kind: "synthetic" },
      recipe: { ...recipe, seed: 0 },
    } as const;
    expect(commandsFor(synthetic)[1]).toBe("npx bitscape verify net.onnx quantized.onnx");
  });

  it("counts the bits of weights", () => {
    const half = {
      layer: { ...layer, id: "b" },
      schemes: { weight: undefined, activation: undefined },
      bytes: null,
      cells: { weight: undefined, activation: undefined },
    };
    const weight = { format: "int4", granularity: "tensor", symmetric: true, range: "minmax" } as const;
    const text =
      composition([half, { ...half, layer, schemes: { weight, activation: undefined } }])?.text ?? "";
    expect(text).toContain("18.00 bits a weight");
    expect(text).toContain("50.0 %");
  });

  it("leaves out figures of another recipe", () => {
    const text = pageOf({ measured: { key: "another", value: score } }).body.textContent ?? "";
    expect(text).not.toContain("50.0 % −");
    expect(text).toContain("was not measured");
  });

  it("draws known cells in colour and unknown ones empty, whatever layers are called", () => {
    const cell = {
      layer: layer.id,
      target: "weight",
      bits: 4,
      finding: finding(0.1, "measured"),
      drop: null,
    } as const;
    const cells = new Map([[cellKey(layer.id, "weight", 4), { cell, asked: 64 }]]);
    const page = pageOf({ cells });
    const rects = [...page.querySelectorAll(".by-light svg g rect[stroke='none']")];
    expect(rects).toHaveLength(1);
    expect(rects[0]?.parentElement?.textContent).toContain("measured on 64 samples");
    expect(page.querySelector("main b")).toBeNull();
    expect(page.querySelector("script, link, img[src]")).toBeNull();
  });

  it("is marked where the data are synthetic, and is none without a study", () => {
    const { data } = stateWith({});
    expect(pageOf({ data: data && { ...data, kind: "synthetic" } }).body.textContent).toContain(
      "synthetic data",
    );
    expect(factsOf({ ...initialState }, comparing, made, "1")).toBeNull();
  });
});

it("escapes what is not markup", () => {
  expect(html`<p title="${'"'}">${"<i>"}${[html`<b>${1}</b>`, false, null]}</p>`.text).toBe(
    '<p title="&quot;">&lt;i&gt;<b>1</b></p>',
  );
  expect(escaped("a & b")).toBe("a &amp; b");
});

it("says a scheme in words", () => {
  const base = { format: "int4", granularity: { block: 32 }, symmetric: true, range: "mse" } as const;
  expect(schemeWords(base, true)).toBe("int4, blocks of 32, symmetric, mse");
  expect(schemeWords({ ...base, granularity: "channel", range: { percentile: 99.9 } }, true)).toBe(
    "int4, a scale a channel, symmetric, percentile 99.9",
  );
  expect([schemeWords(undefined, true), schemeWords(undefined, false)]).toEqual(["float", ""]);
});
