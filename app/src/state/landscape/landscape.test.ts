import { presetRecipe, type Recipe, type StepOf, schemeFor } from "@bitscape/engine";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { filled } from "../../charts/field.ts";
import { FakeEngine, fakeLayers } from "../fake.test-engine.ts";
import { start } from "../session.ts";
import { get, set } from "../store.ts";
import { applyPreset, chooseBits, undo } from "../study.ts";
import { dragTo, followRecipe, readOff, release, settle, stepField } from "./crosshair.ts";
import { applyJoint, jointTensors, optimize, pauseJoint, standingOf, wayOver } from "./joint.ts";
import { bowl } from "./landscape.test-engine.ts";
import { about, initialLandscape, look, put, useLandscape } from "./landscape.ts";
import { affordableSamples, askStep, mostCoupled, type StepAsked, stepAsked, stepKey } from "./slices.ts";
import { cancelTask } from "./tasks.ts";
import { defaultPair, tensorName } from "./tensors.ts";

const [stem, head]: [StepOf, StepOf] = [
  { layer: "stem", target: "weight" },
  { layer: "head", target: "activation" },
];
const asked: StepAsked = { pair: [stem, head], bits: 4, scale: "linear", samples: 16 };

let fake: FakeEngine;
let stop: () => void;
const until = (what: () => unknown) =>
  vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 2000, interval: 5 });

beforeEach(async () => {
  fake = new FakeEngine();
  const file = new File(["x"], "a.onnx");
  const { openStudy } = await import("../opening.ts");
  stop = start(
    () => fake,
    () => openStudy({ files: [file], pins: {} }, { kind: "synthetic" }),
  );
  set({ paused: true });
  await until(() => get().data && !get().opening);
  useLandscape.setState(initialLandscape, true);
  about(get().model, get().data);
});
afterEach(() => stop());

const drawn = () => look().step.value;
const keyNow = () => stepKey(get().recipe, fakeLayers, asked);

describe("a slice", () => {
  it("comes coarse first, and is of what was asked", async () => {
    const coarse: number[] = [];
    const off = useLandscape.subscribe(({ step }) => {
      if (step.phase === "running" && step.value)
        coarse.push(step.value.slice.loss.filter(Number.isNaN).length);
    });
    askStep(asked);
    await until(() => look().step.phase === "done");
    off();
    expect(coarse).toContain(16);
    expect(drawn()?.slice.loss.some(Number.isNaN)).toBe(false);
    expect(look().step.valueKey).toBe(keyNow());
    expect(fake.landscapes.slices[0]).toMatchObject({ kind: "step", of: [stem, head], bits: 4, samples: 16 });
  });

  it("is stale when another layer changes, and not when its own two clips do", async () => {
    askStep(asked);
    await until(() => look().step.phase === "done");
    dragTo(asked, [0.4, 0.6], Number.NaN);
    release(asked);
    expect(look().step.valueKey).toBe(keyNow());
    chooseBits(["middle"], "weight", 2);
    expect(look().step.valueKey).not.toBe(keyNow());
    undo();
    expect(look().step.valueKey).toBe(keyNow());
  });

  it("asks the engine for the same slice wherever the crosshair is", async () => {
    askStep(asked);
    await until(() => look().step.phase === "done");
    dragTo(asked, [0.4, 0.6], Number.NaN);
    release(asked);
    askStep(asked);
    await until(() => fake.landscapes.slices.length === 2 && look().step.phase === "done");
    const [first, second] = fake.landscapes.slices;
    // The first edit gives both tensors the slice's format: from then on the recipe is the same but for the clips.
    expect(second?.recipe?.layers).toEqual(first?.recipe?.layers);
  });

  it("keeps what came when cancelled, and says why when it fails", async () => {
    fake.landscapes.hang = true;
    askStep(asked);
    await until(() => drawn());
    cancelTask("step");
    fake.landscapes.hang = false;
    expect(look().step.phase).toBe("cancelled");
    expect(drawn()).not.toBeNull();
    fake.landscapes.fail = "probe: out of memory";
    askStep({ ...asked, bits: 3 });
    await until(() => look().step.phase === "failed");
    expect(look().step.sentence).toBe("probe: out of memory");
  });

  it("is forgotten with the study", async () => {
    askStep(asked);
    await until(() => look().step.phase === "done");
    about(null, null);
    expect(look().step.value).toBeNull();
    expect(look().pair).toBeNull();
  });
});

describe("the crosshair", () => {
  it("reads the loss off the slice at once, and has it measured", async () => {
    askStep(asked);
    await until(() => look().step.phase === "done");
    const found = drawn();
    if (!found) throw new Error("no slice");
    const field = stepField(found.slice);
    expect(readOff(found, { ...field, values: filled(field) }, [0.4, 0.6])).toBeCloseTo(bowl(0.4, 0.6), 9);
    expect(readOff(found, field, [0.01, 0.6])).toBeNaN();
    dragTo(asked, [0.5, 0.3], 0.2);
    expect(look().crosshair).toEqual({ at: [0.5, 0.3], predicted: 0.2, measured: null, dragging: true });
    await until(() => look().crosshair?.measured !== null);
    expect(look().crosshair?.measured).toBe(bowl(0.5, 0.3));
  });

  it("edits both clips as one step of undo, however long it is dragged", () => {
    const before = get().recipe;
    const steps = get().past.length;
    for (const at of [0.9, 0.8, 0.7]) dragTo(asked, [at, 0.5], Number.NaN);
    expect(get().recipe).toBe(before);
    release(asked);
    expect(get().past.length).toBe(steps + 1);
    expect(schemeFor(get().recipe, "stem", "weight")).toMatchObject({
      format: "int4",
      range: { ratio: 0.7 },
    });
    expect(schemeFor(get().recipe, "head", "activation")).toMatchObject({
      format: "uint4",
      range: { ratio: 0.5 },
    });
    undo();
    expect(get().recipe).toEqual(before);
  });

  it("makes one step of all keys pressed on one visit", () => {
    const steps = get().past.length;
    for (const at of [0.9, 0.8]) {
      dragTo(asked, [at, 0.5], Number.NaN);
      release(asked, "crosshair");
    }
    expect(get().past.length).toBe(steps + 1);
    settle();
    dragTo(asked, [0.3, 0.5], Number.NaN);
    release(asked, "crosshair");
    expect(get().past.length).toBe(steps + 2);
  });

  it("follows the recipe, and asks nothing after its own edit", async () => {
    fake.landscapes.clips = [0.8, 0.9];
    await followRecipe(asked, () => 0.5);
    expect(look().crosshair).toMatchObject({ at: [0.8, 0.9], predicted: 0.5, dragging: false });
    dragTo(asked, [0.7, 0.6], Number.NaN);
    release(asked);
    await followRecipe(asked, () => 0.5);
    expect(look().crosshair?.at).toEqual([0.7, 0.6]);
    undo();
    await followRecipe(asked, () => 0.5);
    expect(look().crosshair?.at).toEqual([0.8, 0.9]);
  });
});

describe("the joint choice", () => {
  const quantized = () => {
    applyPreset("w8a8");
    return get().recipe;
  };

  it("traces, pauses with what it has, goes on from there, and is applied as one step", async () => {
    const recipe = quantized();
    fake.landscapes.hang = true;
    optimize();
    await until(() => look().trace.length === 3);
    pauseJoint();
    await until(() => look().joint.phase === "done");
    const paused = look().joint.value;
    expect(paused?.stopped).toBe(true);
    fake.landscapes.hang = false;
    optimize(true);
    await until(() => look().joint.phase === "done" && look().joint.value !== paused);
    const report = look().joint.value;
    if (!report || !paused) throw new Error("no report");
    expect(fake.landscapes.optimized[1]?.from).toEqual(Array.from(paused.after));
    expect(look().trace.map(({ evaluation }) => evaluation)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([report.evaluations, report.loss.before]).toEqual([6, paused.loss.before]);
    expect(standingOf(report, look().joint.valueKey, get().recipe)).toBe("fresh");
    const steps = get().past.length;
    applyJoint(report);
    expect(get().past.length).toBe(steps + 1);
    expect(standingOf(report, look().joint.valueKey, get().recipe)).toBe("applied");
    undo();
    expect(get().recipe).toEqual(recipe);
    chooseBits(["middle"], "weight", 2);
    expect(standingOf(report, look().joint.valueKey, get().recipe)).toBe("stale");
  });

  it("lists what the engine moves in its order, and shows the way over two of them", () => {
    const of = jointTensors(fakeLayers, quantized());
    expect(of.map(tensorName)).toEqual([
      ...["stem activations", "stem weights", "middle activations", "middle weights"],
      ...["head activations", "head weights"],
    ]);
    const step = (evaluation: number, loss: number, best: number, clips: number[]) =>
      ({ evaluation, loss, best, clips: Float64Array.from(clips), phase: "search" }) as const;
    const trace = [
      step(1, 3, 3, [1, 2, 3, 4, 5, 6]),
      step(2, 9, 3, [9, 9, 9, 9, 9, 9]),
      step(3, 2, 2, [7, 2, 3, 4, 8, 6]),
    ];
    expect(wayOver(trace, of, [stem, head])).toEqual([
      [2, 5],
      [2, 8],
    ]);
    expect(wayOver(trace, of.slice(1), [stem, head])).toEqual([]);
    expect(jointTensors(fakeLayers, { schema: "bitscape/recipe/1" })).toEqual([]);
  });
});

describe("what is shown first", () => {
  const w8: Recipe = presetRecipe("w8");
  it("is the most coupled pair, the selected layer, or two inner activations", () => {
    expect(defaultPair(fakeLayers, w8, "middle", [head, stem])).toEqual([head, stem]);
    expect(defaultPair(fakeLayers, w8, "middle", null)?.map(tensorName)).toEqual([
      "middle weights",
      "middle activations",
    ]);
    expect(defaultPair(fakeLayers, w8, null, null)?.map(tensorName)).toEqual([
      "middle activations",
      "head activations",
    ]);
    expect(defaultPair([], w8, null, null)).toBeNull();
  });

  it("has the recipe's bits only where the recipe has some", () => {
    set({ recipe: w8 });
    expect(stepAsked(get())?.bits).toBe(4);
    set({ recipe: presetRecipe("w8a8") });
    expect(stepAsked(get())?.bits).toBe("recipe");
    put({ bits: 2 });
    expect(stepAsked(get())?.bits).toBe(2);
  });

  it("finds the most coupled of what is known", () => {
    const matrix = [1, 0.2, Number.NaN, 0.2, 1, 0.7, Number.NaN, 0.7, 1];
    const of = [stem, head, { layer: "middle", target: "weight" } as const];
    expect(mostCoupled({ of, matrix })).toEqual([head, of[2]]);
    expect(mostCoupled({ of, matrix: matrix.map(() => Number.NaN) })).toBeNull();
  });

  it("takes no more samples than are soon through", () => {
    expect(affordableSamples(null, 1000)).toBe(8);
    expect(affordableSamples(1.2 / 121 / 64, 1000)).toBe(64);
    expect(affordableSamples(1, 1000)).toBe(8);
    expect(affordableSamples(1e-9, 1000)).toBe(128);
    expect(affordableSamples(1e-9, 40)).toBe(40);
  });
});
