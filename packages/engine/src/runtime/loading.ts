// A model made here, as a runtime takes it with the least memory: the weights of a large one lie beside its message. A message
// is held three times while it is loaded (its bytes, what protobuf makes of them, the tensors), and the heap of WebAssembly never
// shrinks; what lies beside is copied once. Not how models are encoded (graph), nor files that are written (write.ts).

import {
  encodedSize,
  encodedSizes,
  encodeFiles,
  encodeModel,
  type FileRole,
  type Model,
} from "@bitscape/graph";
import type { LoadOptions, ModelFile, Runtime, Session } from "./runtime.ts";

/** Bytes from which on a model is cut in two. */
const LARGE_BYTES = 2 ** 24;
const LOCATION = "weights";

/** A session of a model. Throws as {@link Runtime.load}. */
export async function loadModel(model: Model, runtime: Runtime, options?: LoadOptions): Promise<Session> {
  return runtime.load(await modelFile(model), options);
}

/** The model as a runtime is given it: one array where it is small. */
export async function modelFile(model: Model, large = LARGE_BYTES): Promise<ModelFile> {
  if (encodedSize(model) < large) return encodeModel(model);
  const sizes = encodedSizes(model, LOCATION);
  const parts = { model: new Uint8Array(sizes.model), data: new Uint8Array(sizes.data) };
  const at: Record<FileRole, number> = { model: 0, data: 0 };
  for await (const { to, bytes } of encodeFiles(model, { location: LOCATION, between: async () => {} })) {
    parts[to].set(bytes, at[to]);
    at[to] += bytes.byteLength;
  }
  return {
    file: parts.model,
    beside: [{ path: LOCATION, data: parts.data }],
    whole: () => encodeModel(model),
  };
}
