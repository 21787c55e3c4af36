// The WebAssembly runtime as tests in Node use it.

import * as ort from "onnxruntime-web/wasm";
import { type Ort, ortRuntime, type Runtime } from "../runtime/runtime.ts";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

export const wasmRuntime: Runtime = ortRuntime(ort as unknown as Ort, "ONNX Runtime (WebAssembly)");
