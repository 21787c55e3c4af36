export { bitsOf, byteLengthOf, type DType, dtypeOf, onnxNumber } from "./dtype.ts";
export { e4m3ToFloat, e5m2ToFloat, floatToE4m3, floatToE5m2 } from "./float8.ts";
export { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "./half.ts";
export { packBits, packTrits, unpackBits, unpackTrits, type Width } from "./pack.ts";
export { normal, seededRandom } from "./random.ts";
export { normalizeAxis, sizeOf, stridesOf } from "./shape.ts";
export {
  allocate,
  bytesOf,
  fromNumbers,
  type Tensor,
  type TensorData,
  tensor,
  toFloat32,
  viewBytes,
} from "./tensor.ts";
