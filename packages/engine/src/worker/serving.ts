// The engine as the worker runs it: the studio over ONNX Runtime in WebAssembly. Loaded by worker.ts when it is first needed.

import { build, encodeModel } from "@bitscape/graph";
import { decodeInWorker } from "../data/index.ts";
import { type Ort, ortRuntime } from "../runtime/runtime.ts";
import { Studio } from "../studio.ts";
import type { Preparing } from "./life.ts";

/** @param name the worker's, after which its files are kept */
export async function serve(name: string): Promise<Studio & Preparing> {
  // A chunk of its own, because ONNX Runtime loads the file that it is in again in its helper threads.
  const ort = await import("onnxruntime-web/wasm");
  // Two cores or fewer: a second thread spins against the page and makes everything slower (measured).
  const cores = navigator.hardwareConcurrency;
  ort.env.wasm.numThreads = crossOriginIsolated && cores >= 4 ? Math.min(4, cores >> 1) : 1;
  ort.env.logLevel = "error";
  const runtime = ortRuntime(ort as unknown as Ort, "ONNX Runtime 1.30.0 (WebAssembly)", {
    executionProviders: ["wasm"],
  });
  // WebAssembly is fetched and compiled while the first model is being read.
  const started = runtime.load(encodeModel(nothing)).then((session) => session.release());
  started.catch(() => {}); // whoever runs something hears of it
  return Object.assign(new Studio({ runtime, decode: decodeInWorker, name }), { prepare: () => started });
}

const { node, value } = build;
const nothing = build.model(
  build.graph({
    nodes: [node("Identity", ["x"], ["y"], {}, "nothing")],
    inputs: [value("x", "float32", [1])],
    outputs: [value("y", "float32", [1])],
  }),
  17,
);
