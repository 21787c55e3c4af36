// @vitest-environment node
import { openZip, parseSensitivity, presetRecipe } from "@bitscape/engine";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { noLimits } from "../state/budget/limits.ts";
import { initialState, type State } from "../state/store.ts";
import type { KnownCell } from "../state/sweep/known.ts";
import { studyFile } from "./studyFile.ts";
import { studyIn, takeStudy } from "./studyReading.ts";

const known = (value: number, asked: number, source: "measured" | "predicted" = "measured"): KnownCell => ({
  cell: {
    ...{ layer: "a|b", target: "weight", bits: 4 },
    finding: {
      value,
      low: value / 2,
      high: value > 1 ? Number.POSITIVE_INFINITY : value,
      n: asked,
      source,
      of: "k",
    },
    drop: { value: 0.01, low: 0, high: 0.02, n: asked, source, of: "k" },
    ...(Number.isNaN(value) && { failure: "the runtime refused it" }),
  },
  asked,
});
const under = (bits: number | string, each: KnownCell): [string, KnownCell] => [
  `a|b|weight|${bits}`,
  { ...each, cell: { ...each.cell, bits } },
];

const model = new File([new Uint8Array([1, 2, 3])], "net.onnx");
const data = new File(["x,y\n1,2\n"], "rows.csv");
const state: State = {
  ...initialState,
  source: { files: [model], pins: { N: 4 } },
  dataRequest: { kind: "files", files: [data] },
  recipe: { ...presetRecipe("w8"), model: { name: "net.onnx", sha256: "abc" } },
  model: { name: "net.onnx", sha256: "abc" } as State["model"],
  data: { name: "rows.csv", size: 9, evaluation: 4, digest: "d", preprocess: null } as State["data"],
  limits: { ...noLimits, locks: ["a|b"] },
  cells: new Map([under(4, known(0.25, 64)), under(8, known(2, 64)), under("nf4", known(Number.NaN, 0))]),
  predictions: new Map([under(4, known(0.5, 32, "predicted")), under(2, known(0.75, 32, "predicted"))]),
  shelf: new Map([["int8 tensor", new Map([under(4, known(0.125, 16))])]]),
};
const blobOf = async (withFiles: boolean) => new File([await studyFile(state, withFiles)], "net.study.zip");

describe("a study's file", () => {
  it("brings back what is known, to the bit, with no weights", async () => {
    const file = await blobOf(false);
    const found = await studyIn(file);
    expect(found?.recipe).toEqual(state.recipe);
    expect(found?.text.limits).toEqual(state.limits);
    expect(found?.known.cells).toEqual(state.cells);
    expect(found?.known.predictions).toEqual(state.predictions);
    expect(found?.known.shelf).toEqual(state.shelf);
    expect([found?.model, found?.data]).toEqual([[], []]);
    const zip = openZip(new Uint8Array(await file.arrayBuffer()), file.name);
    expect(zip.entries.map(({ name }) => name)).toEqual(["study.json", "recipe.json", "cells.json"]);
  });

  it("holds the model and the data where that is asked", async () => {
    const found = await studyIn(await blobOf(true));
    expect(await found?.model[0]?.text()).toBe(await model.text());
    expect(await found?.data[0]?.text()).toBe(await data.text());
  });

  it("has cells that `bitscape allocate --sensitivity` reads, each once and as the heatmap shows it", async () => {
    const zip = openZip(new Uint8Array(await (await blobOf(false)).arrayBuffer()), "net.study.zip");
    const entry = zip.entries.find(({ name }) => name === "cells.json");
    const text = new TextDecoder().decode(entry && zip.read(entry));
    const { cells } = parseSensitivity(JSON.parse(text));
    expect(cells.map(({ bits, value }) => [bits, value])).toEqual([
      [4, 0.25],
      [8, 2],
      ["nf4", null],
      [2, 0.75],
    ]);
    expect(cells[0]?.scheme).toMatchObject({ format: "int4" });
  });

  it("is told from other zips, and refused by a sentence where it is damaged", async () => {
    const zipOf = (files: Record<string, string>) =>
      new File(
        [
          zipSync(
            Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
          ) as Uint8Array<ArrayBuffer>,
        ],
        "x.zip",
      );
    expect(await studyIn(zipOf({ "a.png": "" }))).toBeNull();
    expect(await studyIn(zipOf({ "study.json": '{"schema":"other/1"}' }))).toBeNull();
    expect(await studyIn(new File(["PK, and nothing"], "x.zip"))).toBeNull();
    const study =
      '{"schema":"bitscape/study/1","model":{"name":"a","sha256":"b"},"data":{"name":"d"},"files":{"model":[],"data":[]},"limits":{"rules":[]},"joints":[]}';
    const recipe = '{"schema":"bitscape/recipe/1"}';
    const damaged: readonly [files: Record<string, string>, sentence: RegExp][] = [
      [{ "study.json": '{"schema":"bitscape/study/9"}' }, /bitscape\/study\/9, expected bitscape\/study\/1/],
      [{ "study.json": '{"schema":"bitscape/study/1"}' }, /study\.json.*expected/],
      [{ "study.json": "{" }, /study\.json is not JSON.*expected/],
      [{ "study.json": study }, /no recipe\.json, expected/],
      [{ "study.json": study, "recipe.json": '{"schema":"no"}' }, /schema.*expected bitscape\/recipe\/1/],
      [{ "study.json": study, "recipe.json": recipe, "cells.json": "[]" }, /cells\.json.*expected/],
      [
        { "study.json": study, "recipe.json": recipe, "cells.json": '{"cells":[{}],"others":[]}' },
        /cell 0.*expected/,
      ],
    ];
    for (const [files, sentence] of damaged) await expect(studyIn(zipOf(files))).rejects.toThrow(sentence);
  });

  it("is taken from among other files", async () => {
    const { study, name, others } = await takeStudy([data, await blobOf(false)]);
    expect([study?.text.model.name, name, others]).toEqual(["net.onnx", "net.study.zip", [data]]);
  });
});
