// The solver's entry: exposes its room over comlink, with HiGHS loaded when it is first asked to prove something. A thread
// of its own, so that a slider waits neither for the page nor for what the engine is measuring. It holds the lock by which the
// page knows that it lives.

import * as comlink from "comlink";
import { lockOf } from "../worker/life.ts";
import { highsSolver } from "./highs.ts";
import { AllocationRoom } from "./room.ts";
import type { AllocationSetting } from "./setting.ts";

const solver = highsSolver(async () => {
  const { default: load } = await import("highs");
  const wasm = new URL("highs/runtime", import.meta.url).href;
  return load({ locateFile: () => wasm });
});

const lock = lockOf(self.name);
const held = new Promise<void>((have) => {
  if (!lock) return have();
  // For ever: the browser gives it away when this worker ends, however it ends.
  void navigator.locks.request(lock, () => {
    have();
    return new Promise<void>(() => {});
  });
});

class Living extends AllocationRoom {
  override async set(setting: AllocationSetting) {
    await held;
    return super.set(setting);
  }
}

comlink.expose(new Living(solver));
