// The worker's entry: answers pings and holds the lock by which the page knows that it lives. The engine itself (serving.ts) is
// loaded with the first call, so that a page without a model has fetched little.

import * as comlink from "comlink";
import type { Engine, ExportResult, Pong } from "../protocol.ts";
import { Late } from "./late.ts";
import { lockOf, type Preparing } from "./life.ts";

const lock = lockOf(self.name);
if (lock) {
  // Held for ever: the browser gives it away when this worker ends, however it ends.
  const held = new Promise<void>((have) => {
    void navigator.locks.request(lock, () => {
      have();
      return new Promise<void>(() => {});
    });
  });
  let asked = false;
  const idle: Pong = { wasmBytes: 0, steps: 0 };
  const late = new Late().room<Engine & Preparing>(async () => {
    const { serve } = await import("./serving.ts");
    return serve(lock);
  });
  const engine: Engine & Preparing = new Proxy(late, {
    get(target, key) {
      // The page asks for the lock once the first ping is answered: had it the lock first, it would take this worker for dead.
      if (key === "ping") return () => held.then(() => (asked ? target.ping() : idle));
      asked = true;
      if (key !== "exportModel") return Reflect.get(target, key);
      return async (...args: Parameters<Engine["exportModel"]>) => {
        const result: ExportResult | "cancelled" = await target.exportModel(...args);
        // The file is moved, not copied.
        return result === "cancelled" ? result : comlink.transfer(result, [result.bytes.buffer]);
      };
    },
  });
  comlink.expose(engine);
}
