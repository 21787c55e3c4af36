import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chosenBits } from "./edits.ts";
import { FakeEngine } from "./fake.test-engine.ts";
import { openData, openStudy, repin } from "./opening.ts";
import { closePinning, usePinning } from "./pinning.ts";
import { start } from "./session.ts";
import { get } from "./store.ts";
import { chooseBits } from "./study.ts";

let fake: FakeEngine;
let stop: () => void;
const file = (name: string) => new File(["x"], name);
const files = (name: string) => ({ kind: "files", files: [file(name)] }) as const;
const source = { files: [file("open.onnx")], pins: {} };
const rest = () =>
  vi.waitFor(() => expect([get().opening, get().judging]).toEqual([null, false]), { timeout: 4000 });

beforeEach(() => {
  fake = new FakeEngine();
  stop = start(
    () => fake,
    () => {},
  );
  closePinning();
});

afterEach(async () => {
  await rest();
  stop();
});

it("opens a model with the sizes of the data that come with it, and asks for none", async () => {
  fake.sizes = { H: 48 };
  await openStudy(source, files("set/hw.npz"));
  expect(get().model?.pins).toEqual({ N: 1, H: 48 });
  expect(get().source?.taken).toEqual({ H: "hw.npz" });
  expect(get().notices.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^open\.onnx: opened with H 48, taken from hw\.npz;/),
  ]);
  expect(usePinning.getState().open).toBe(false);
});

it("asks where nothing is known, and follows data that come later, the recipe as it is", async () => {
  await openStudy(source, null);
  expect([get().model?.pins.H, usePinning.getState().open]).toEqual([224, true]);
  chooseBits(["stem"], "weight", 3);
  fake.sizes = { H: 48 };
  await openData(files("hw.npz"));
  expect([get().model?.pins.H, chosenBits(get().recipe, "stem", "weight")]).toEqual([48, 3]);
  // Data decided it: other data may.
  fake.sizes = { H: 64 };
  await openData(files("other.npz"));
  expect([get().model?.pins.H, get().source?.taken]).toEqual([64, { H: "other.npz" }]);
});

it("leaves sizes alone that somebody chose, and offers those of data that do not fit", async () => {
  await openStudy(source, null);
  await repin({ H: 32 });
  fake.sizes = { H: 48 };
  fake.failData = 'input "input" from hw.npz: shape [9, 48], expected [samples, 32]';
  await openData(files("hw.npz"));
  expect(get().model?.pins.H).toBe(32);
  await vi.waitFor(() => expect(usePinning.getState()).toMatchObject({ open: true, sizes: { H: 48 } }));
});

it("keeps the guess where the network does not take the data's size", async () => {
  fake.sizes = { H: 48 };
  const { openModel } = fake.engine;
  vi.spyOn(fake.engine, "openModel").mockImplementation(async (given, pins, onProgress) => {
    if (pins.H === 48) throw new Error("open.onnx: H 48, expected a multiple of 32");
    return openModel.call(fake.engine, given, pins, onProgress);
  });
  await openStudy(source, files("hw.npz"));
  expect([get().model?.pins.H, get().source?.taken]).toEqual([224, undefined]);
  expect(usePinning.getState().open).toBe(true);
});
