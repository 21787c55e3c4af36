// Files that cannot be used, of every kind: bytes by name, and what is to be said of them. Each sentence names the file that was
// given, says what was found and what was expected.

import { readFile } from "node:fs/promises";
import { seededRandom } from "@bitscape/tensor";
import { strToU8, type Zippable, zipSync } from "fflate";
import { sampleFile, shapePictures } from "./files.ts";
import { hugeModel, smallModel, withoutItsData } from "./models.ts";
import { npy, npz } from "./numpy.ts";

export interface Wrong {
  /** What it is. */
  readonly what: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly sentence: RegExp;
}

const text = (lines: readonly string[]) => strToU8(`${lines.join("\n")}\n`);

/** Files given as models, or in the place of one. */
export async function wrongModels(): Promise<Wrong[]> {
  const [picture] = await shapePictures(1);
  const png = picture?.bytes as Uint8Array;
  const whole = await readFile(sampleFile("shapes-mobile"));
  const small = smallModel();
  const zipped = (files: Zippable) => zipSync(files);
  const random = seededRandom(7);
  const noise = Uint8Array.from({ length: 4096 }, () => Math.floor(256 * random()));
  const foreign = smallModel({ last: { op: "Ponder", domain: "com.acme" } });
  const damaged = zipped({ "small.onnx": small }).map((byte, i) => (i > 200 && i < 400 ? byte ^ 0x5a : byte));
  return [
    {
      what: "nothing at all",
      files: { "empty.onnx": new Uint8Array() },
      sentence: /^empty\.onnx: .*expected/,
    },
    { what: "noise", files: { "noise.onnx": noise }, sentence: /^noise\.onnx: .*expected/ },
    {
      what: "text",
      files: { "notes.onnx": text(["To do:", "- quantize"]) },
      sentence: /^notes\.onnx: .*expected/,
    },
    {
      what: "a picture called a model",
      files: { "picture.onnx": png },
      sentence: /^picture\.onnx: .*PNG.*expected/,
    },
    {
      what: "half a model",
      files: { "half.onnx": whole.subarray(0, whole.length >> 1) },
      sentence: /^half\.onnx: .*expected/,
    },
    {
      what: "weights in a file that is not there",
      files: { "apart.onnx": withoutItsData("apart.bin") },
      sentence: /^apart\.onnx: .*"apart\.bin".*expected/,
    },
    {
      what: "weights that are no numbers",
      files: { "nan.onnx": smallModel({ nan: true }) },
      sentence: /^nan\.onnx: .*NaN.*expected/,
    },
    {
      what: "an operator nobody knows",
      files: { "foreign.onnx": foreign },
      sentence: /com\.acme\.?.*Ponder.*expected/,
    },
    {
      what: "a dimension beyond all bounds",
      files: { "huge.onnx": hugeModel() },
      sentence: /^huge\.onnx: .*expected/,
    },
    {
      what: "two models",
      files: { "a.onnx": small, "b.onnx": small },
      sentence: /^a\.onnx, b\.onnx: 2 models, expected one/,
    },
    {
      what: "a film",
      files: { "film.mp4": noise },
      sentence: /^film\.mp4: neither a model nor data, expected/,
    },
    {
      what: "a zip that is none",
      files: { "not-a.zip": strToU8("PK, and then nothing of the kind") },
      sentence: /^not-a\.zip: .*expected/,
    },
    {
      what: "a zip with nothing of use",
      files: { "notes.zip": zipped({ "notes.md": text(["notes"]) }) },
      sentence: /notes\.(zip|md).*expected/,
    },
    {
      what: "a zip that is damaged",
      files: { "damaged.zip": damaged },
      sentence: /^damaged\.zip: .*expected/,
    },
    {
      what: "zips in a zip",
      files: {
        "nested.zip": zipped({ "b.zip": zipped({ "c.zip": zipped({ "d.zip": zipped({ "e.txt": png }) }) }) }),
      },
      sentence: /zip.*expected/,
    },
    {
      what: "a zip that swells",
      files: { "swelling.zip": zipped({ "zeros.onnx": new Uint8Array(64e6) }) },
      sentence: /^zeros\.onnx: .*expected/,
    },
    {
      what: "JSON that is no recipe",
      files: { "settings.json": text(['{"theme":"dark"}']) },
      sentence: /^settings\.json: .*expected/,
    },
    {
      what: "a recipe for another network",
      files: {
        "other.json": text([
          JSON.stringify({
            schema: "bitscape/recipe/1",
            layers: { "block9/conv": { weight: { format: "int4" } } },
          }),
        ]),
      },
      sentence: /block9\/conv.*expected/,
    },
    {
      what: "a recipe of formats nobody knows",
      files: {
        "odd.json": text([
          JSON.stringify({ schema: "bitscape/recipe/1", defaults: { weight: { format: "int99" } } }),
        ]),
      },
      sentence: /^odd\.json: .*int99.*expected/,
    },
  ];
}

/** Files given as data for a classifier of 32×32 pictures into twelve classes. */
export async function wrongData(): Promise<Wrong[]> {
  const rows = (count: number) => new Float32Array(count * 3 * 32 * 32);
  const jsonl = Array.from({ length: 9 }, (_, i) =>
    i === 6 ? '{"input": [1, 2' : JSON.stringify({ input: [1] }),
  );
  return [
    {
      what: "arrays of another shape",
      files: { "shape.npz": npz({ input: npy("<f4", [4, 3, 16, 16], new Float32Array(4 * 3 * 16 * 16)) }) },
      sentence: /shape\.npz: shape \[4, 3, 16, 16\], expected .*32/,
    },
    {
      what: "arrays of complex numbers",
      files: { "complex.npz": npz({ input: npy("<c8", [4, 3, 32, 32], rows(8)) }) },
      sentence: /^complex\.npz.*c8.*expected/,
    },
    {
      what: "arrays under another name",
      files: {
        "names.npz": npz({
          pixels: npy("<f4", [4, 3, 32, 32], rows(4)),
          other: npy("<f4", [4], new Float32Array(4)),
        }),
      },
      sentence: /^names\.npz.*expected/,
    },
    {
      what: "a table of words",
      files: { "words.csv": text(["a,b,label", "red,round,apple", "yellow,long,banana"]) },
      sentence: /^words\.csv.*expected/,
    },
    {
      what: "a line that is broken",
      files: { "lines.jsonl": text(jsonl) },
      sentence: /^lines\.jsonl.*(line 7|:7).*expected/,
    },
    {
      what: "pictures that are none",
      files: { "one.png": text(["not a picture"]), "two.png": text(["neither"]) },
      sentence: /(one|two)\.png|images.*expected/,
    },
    {
      what: "several kinds at once",
      files: { "a.csv": text(["x", "1"]), "b.npz": npz({ input: npy("<f4", [1, 3, 32, 32], rows(1)) }) },
      sentence: /expected one kind/,
    },
  ];
}
