// HAWQ-V3 on its published instances: the widths that the authors published, or better ones.

import { describe, expect, test } from "vitest";
import { branchAndBound } from "./branch.ts";
import { type HawqLayer, type HawqResource, hawqProblem, hawqWidths, omega } from "./hawq.ts";
import { solve } from "./knapsack.ts";
import { exactFront } from "./pareto.ts";
import { type HawqInstance, hawqInstances } from "./testing/hawqInstances.ts";

function layersOf(instance: HawqInstance): HawqLayer[] {
  return instance.trace.map((trace, i) => ({
    id: `layer${i}`,
    trace,
    perturbation: { 4: instance.perturbation4[i] as number, 8: instance.perturbation8[i] as number },
    parameters: instance.parameters[i] as number,
    macs: instance.macs[i] as number,
    latency: { 4: instance.latency4[i] as number, 8: instance.latency8[i] as number },
  }));
}

const resourceOf: Readonly<Record<string, HawqResource>> = {
  modelsize: "size",
  bops: "bops",
  latency: "latency",
};

function publishedOf(instance: HawqInstance) {
  return Object.entries(instance.published).map(([name, widths]) => {
    const [resource = "", level] = name.split("_");
    return { name, resource: resourceOf[resource] as HawqResource, level: Number(level), widths };
  });
}

function proven(instance: HawqInstance, resource: HawqResource, level: number) {
  const problem = hawqProblem(layersOf(instance), [4, 8], { [resource]: level }, instance.equal);
  const found = branchAndBound(problem.program);
  if (!found.best || !found.complete) throw new Error("not proven");
  return { problem, found, widths: hawqWidths(problem, found.best).join("") };
}

const sum = (instance: HawqInstance, widths: string) =>
  layersOf(instance).reduce((total, layer, i) => total + omega(layer, Number(widths[i])), 0);

describe("ResNet-18", () => {
  const instance = hawqInstances.resnet18;
  test.each(publishedOf(instance))("$name is what was published", ({ resource, level, widths }) => {
    const answer = proven(instance, resource, level);
    expect(answer.widths).toBe(widths);
    expect(answer.found.best?.loss).toBeCloseTo(sum(instance, widths), 12);
  });

  test("sums of Ω are those of the notes", () => {
    const golden = { 0.75: 0.033441, 0.5: 0.074506, 0.25: 0.1183 };
    for (const [level, value] of Object.entries(golden))
      expect(proven(instance, "size", Number(level)).found.best?.loss).toBeCloseTo(value, 6);
    expect(proven(instance, "bops", 0.5).found.best?.loss).toBeCloseTo(0.215689, 6);
    expect(proven(instance, "latency", 0.5).found.best?.loss).toBeCloseTo(0.202674, 6);
  });

  test("the exact front of size has 29 points", () => {
    const { program } = hawqProblem(layersOf(instance), [4, 8], { size: 1 }, instance.equal);
    expect(exactFront(program)).toHaveLength(29);
  });

  test("a higher level never loses more, and all budgets together lose no less than each", () => {
    const loss = (levels: object) => {
      const outcome = solve(hawqProblem(layersOf(instance), [4, 8], levels, instance.equal).program);
      if (outcome.kind === "infeasible") throw new Error("infeasible");
      return outcome.answer.loss;
    };
    const losses = [0, 0.2, 0.4, 0.6, 0.8, 1].map((size) => loss({ size }));
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    const all = loss({ size: 0.5, bops: 0.5, latency: 0.5 });
    for (const alone of [{ size: 0.5 }, { bops: 0.5 }, { latency: 0.5 }])
      expect(all).toBeGreaterThanOrEqual(loss(alone));
  });

  test("coupled layers agree", () => {
    const { widths } = proven(instance, "bops", 0.25);
    for (const [a = 0, b = 0] of instance.equal) expect(widths[a]).toBe(widths[b]);
  });
});

describe("ResNet-50", () => {
  const instance = hawqInstances.resnet50;
  const beaten: string[] = [];
  test.each(publishedOf(instance))(
    "$name is no worse than published",
    ({ name, resource, level, widths }) => {
      const loss = proven(instance, resource, level).found.best?.loss as number;
      expect(loss).toBeLessThanOrEqual(sum(instance, widths) * (1 + 1e-12));
      if (loss < sum(instance, widths) * (1 - 1e-9)) beaten.push(name);
    },
  );

  test("size at 0.25 alone is beaten: 0.0749 instead of 0.0831", () => {
    expect(beaten).toEqual(["modelsize_0.25"]);
    const { widths, found } = proven(instance, "size", 0.25);
    expect(widths).toBe("8888888888888888888888884888448448448448444484444844");
    expect(found.best?.loss).toBeCloseTo(0.0749, 4);
    expect(sum(instance, instance.published["modelsize_0.25"] as string)).toBeCloseTo(0.0831, 4);
  });
});

test("what a layer lacks is said", () => {
  const [layer] = layersOf(hawqInstances.resnet18);
  if (!layer) throw new Error("no layer");
  expect(() => omega(layer, 3)).toThrow("layer layer0: no perturbation at 3 bits");
  const { latency: _, ...timeless } = layer;
  expect(() => hawqProblem([timeless], [4, 8], { latency: 0.5 })).toThrow("no latency at 4 bits");
});
