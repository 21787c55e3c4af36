export { bitsOf, byteLengthOf, type DType, dtypeOf, onnxNumber } from "./dtype.ts";
export { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "./half.ts";
export { packBits, unpackBits } from "./pack.ts";
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
