// The sample networks and the procedural data set that they were trained on.

export { type Sample, sampleNamed, samples } from "./catalogue.ts";
export {
  calibrationSplit,
  evaluationSplit,
  imageSide,
  type ShapesDataset,
  type Split,
  shapeClasses,
  shapesDataset,
  trainingSplit,
} from "./shapes.ts";
