// The solver's entry: exposes its room over comlink, with HiGHS loaded when it is first asked to prove something. A thread
// of its own, so that a slider waits neither for the page nor for what the engine is measuring.

import * as comlink from "comlink";
import { highsSolver } from "./highs.ts";
import { AllocationRoom } from "./room.ts";

const solver = highsSolver(async () => {
  const { default: load } = await import("highs");
  const wasm = new URL("highs/runtime", import.meta.url).href;
  return load({ locateFile: () => wasm });
});

comlink.expose(new AllocationRoom(solver));
