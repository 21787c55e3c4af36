// Everything of data that other parts may use.

export { arrayDataset } from "./arrays.ts";
export { type Candidate, candidatesFor, samePreprocess, variantsOf } from "./candidates.ts";
export { checkLabels, type Dataset, type ModelInput, oneLabelEach, type SkippedSample } from "./dataset.ts";
export { sha256Hex, sha256Of } from "./digest.ts";
export { readNpy, writeNpy } from "./files/npy.ts";
export { type Arrays, readNpz, writeNpz } from "./files/npz.ts";
export { blobRanges, blobSource, bytesSource, type DataFiles, type FileSource } from "./files/source.ts";
export { openZip, type Zip, type ZipEntry } from "./files/zip.ts";
export { type DecodedImage, decodeInWorker, type ImageDecoder } from "./images/decode.ts";
export { isImage } from "./images/images.ts";
export {
  checkPreprocess,
  fitPreprocess,
  guessPreprocess,
  type Preprocess,
  type PreprocessFlags,
  type PreprocessGuess,
  type PreprocessPreset,
  preprocessFromFlags,
  preprocessPresets,
} from "./images/preprocess.ts";
export { type ResizeCrop, resizeCrop } from "./images/resize.ts";
export { namesIn } from "./labels/classes.ts";
export {
  type LabelMapping,
  type LabelRow,
  labelRows,
  mappingText,
  outputOf,
  withMapping,
  withoutLabels,
} from "./labels/mapping.ts";
export { type OpenOptions, openDataset } from "./open.ts";
export { sampleDataset, samplePreprocess, sampleSplit } from "./sample.ts";
export { Sha256 } from "./sha256.ts";
export { type OpenAxis, sizesIn } from "./sizes.ts";
export {
  type Amount,
  enoughApart,
  overlapOf,
  type Split,
  type SplitOptions,
  splitData,
  splitFlags,
} from "./split.ts";
export { type SyntheticOptions, syntheticDataset } from "./synthetic.ts";
export { readWords, textOf } from "./words.ts";
