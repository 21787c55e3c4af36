// The worker's entry: exposes the engine over comlink. Nothing else may happen at the top level, because ONNX Runtime
// loads this same file again in its helper threads.

import * as comlink from "comlink";
import * as ort from "onnxruntime-web/wasm";
import { decodeInWorker } from "./data/index.ts";
import { lockOf } from "./life.ts";
import type { Engine, ExportResult } from "./protocol.ts";
import { type Ort, ortRuntime } from "./runtime.ts";
import { Studio } from "./studio.ts";

// Two cores or fewer: a second thread spins against the page and makes everything slower (measured).
const cores = navigator.hardwareConcurrency;
ort.env.wasm.numThreads = crossOriginIsolated && cores >= 4 ? Math.min(4, cores >> 1) : 1;
ort.env.logLevel = "error";

const lock = lockOf(self.name);
if (lock) {
  // Held for ever: the browser gives it away when this worker ends, however it ends.
  const held = new Promise<void>((have) => {
    void navigator.locks.request(lock, () => {
      have();
      return new Promise<void>(() => {});
    });
  });
  const studio = new Studio({
    runtime: ortRuntime(ort as unknown as Ort, "ONNX Runtime 1.30.0 (WebAssembly)", {
      executionProviders: ["wasm"],
    }),
    decode: decodeInWorker,
    name: lock,
  });
  const engine: Engine = new Proxy(studio, {
    get(target, key) {
      const method = Reflect.get(target, key);
      if (typeof method !== "function") return method;
      // The page asks for the lock once the first ping is answered: had it the lock first, it would take this worker for dead.
      if (key === "ping") return () => held.then(() => target.ping());
      if (key !== "exportModel") return method.bind(target);
      return async (...args: Parameters<Engine["exportModel"]>) => {
        const result: ExportResult | "cancelled" = await target.exportModel(...args);
        // The file is moved, not copied.
        return result === "cancelled" ? result : comlink.transfer(result, [result.bytes.buffer]);
      };
    },
  });
  comlink.expose(engine);
}
