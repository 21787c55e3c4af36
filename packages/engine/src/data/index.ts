// Everything of data that other parts may use.

export { arrayDataset } from "./arrays.ts";
export { type Candidate, candidatesFor, samePreprocess, variantsOf } from "./candidates.ts";
export { namesIn } from "./classes.ts";
export { checkLabels, type Dataset, type ModelInput, oneLabelEach, type SkippedSample } from "./dataset.ts";
export { type DecodedImage, decodeInWorker, type ImageDecoder } from "./decode.ts";
export { sha256Hex, sha256Of } from "./digest.ts";
export { isImage } from "./images.ts";
export {
  type LabelMapping,
  type LabelRow,
  labelRows,
  mappingText,
  outputOf,
  withMapping,
  withoutLabels,
} from "./mapping.ts";
export { readNpy, writeNpy } from "./npy.ts";
export { type Arrays, readNpz, writeNpz } from "./npz.ts";
export { type OpenOptions, openDataset } from "./open.ts";
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
} from "./preprocess.ts";
export { type ResizeCrop, resizeCrop } from "./resize.ts";
export { sampleDataset, samplePreprocess, sampleSplit } from "./sample.ts";
export { Sha256 } from "./sha256.ts";
export { type OpenAxis, sizesIn } from "./sizes.ts";
export { blobRanges, blobSource, bytesSource, type DataFiles, type FileSource } from "./source.ts";
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
export { openZip, type Zip, type ZipEntry } from "./zip.ts";
