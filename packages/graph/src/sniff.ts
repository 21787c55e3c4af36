// What a file that is not ONNX seems to be, by its first bytes, so that the error can name it.

const signatures: readonly (readonly [readonly number[], string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], "a PNG image"],
  [[0xff, 0xd8, 0xff], "a JPEG image"],
  [[0x47, 0x49, 0x46, 0x38], "a GIF image"],
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive (a PyTorch file?)"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file (a Keras model?)"],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "a NumPy array"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF document"],
  [[0x1f, 0x8b], "a gzip archive"],
  [[0x47, 0x47, 0x55, 0x46], "a GGUF file"],
  [[0x3c], "an HTML or XML document"],
  [[0x7b], "a JSON document"],
];

/** A description of a well-known other format, or undefined. TensorFlow Lite has its mark at byte 4. */
export function sniff(bytes: Uint8Array): string | undefined {
  if (String.fromCharCode(...bytes.subarray(4, 8)) === "TFL3") return "a TensorFlow Lite model";
  return signatures.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))?.[1];
}
