import { expect, it } from "vitest";
import { type Ort, ortRuntime } from "./runtime.ts";

/** A build of ONNX Runtime that notes how many calls overlap; the second run fails. */
function watched(): { readonly ort: Ort; readonly most: () => number } {
  let [busy, most, runs] = [0, 0, 0];
  const call = async <T>(result: () => T): Promise<T> => {
    busy++;
    most = Math.max(most, busy);
    await new Promise((done) => setTimeout(done, 1));
    busy--;
    return result();
  };
  const session = {
    inputNames: [],
    outputMetadata: [],
    release: async () => {},
    run: () =>
      call(() => {
        if (++runs === 2) throw new Error("no memory");
        return {};
      }),
  };
  const ort = { InferenceSession: { create: () => call(() => session) }, Tensor: class {} };
  return { ort: ort as unknown as Ort, most: () => most };
}

it("calls the WebAssembly build one at a time, and goes on after a failure", async () => {
  const { ort, most } = watched();
  const runtime = ortRuntime(ort, "watched");
  const load = () => runtime.load(new Uint8Array());
  const [a, b] = await Promise.all([load(), load()]);
  const ends = await Promise.allSettled([a.run({}), b.run({}), a.run({}), load()]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect((ends[1] as PromiseRejectedResult).reason.message).toBe("ONNX Runtime, run: no memory");
  expect(most()).toBe(1);
});

it("lets the native build run several at once", async () => {
  const { ort, most } = watched();
  const session = await ortRuntime(ort, "watched", { takesPaths: true }).load(new Uint8Array());
  await Promise.allSettled([session.run({}), session.run({})]);
  expect(most()).toBe(2);
});
