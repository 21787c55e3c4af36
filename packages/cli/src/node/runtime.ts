// The runtimes that Node has: ONNX Runtime's native build, and the WebAssembly build that browsers run.
// Both are loaded on demand: reading a bad file needs neither.

import { type Ort, ortRuntime, type Runtime } from "@bitscape/engine";

export const runtimeNames = ["native", "wasm"] as const;
export type RuntimeName = (typeof runtimeNames)[number];

const VERSION = "1.30.0";

/** @param threads for the native build; WebAssembly runs on one in Node */
export async function nodeRuntime(name: RuntimeName, threads: number): Promise<Runtime> {
  if (name === "native") {
    const ort = await import("onnxruntime-node");
    return ortRuntime(ort as unknown as Ort, `ONNX Runtime ${VERSION} (native)`, {
      takesPaths: true,
      intraOpNumThreads: threads,
    });
  }
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return ortRuntime(ort as unknown as Ort, `ONNX Runtime ${VERSION} (WebAssembly)`);
}

/** A Runtime that loads its build when first used. */
export function lazyRuntime(name: RuntimeName, threads: number): Runtime {
  let loaded: Promise<Runtime> | undefined;
  return {
    name: `ONNX Runtime ${VERSION} (${name === "native" ? "native" : "WebAssembly"})`,
    async load(file, options) {
      loaded ??= nodeRuntime(name, threads);
      return (await loaded).load(file, options);
    },
  };
}
