// What is written for other tools: every name in it is one of the file's, every setting one that the tool has. That the tools
// themselves take the files was tried by hand with NNCF 3.4, Olive 0.13, Netron 9.3 and model-explorer-onnx 0.4.

import { opsetOf } from "@bitscape/graph";
import { beforeAll, describe, expect, test } from "vitest";
import type { Network } from "../network/network.ts";
import { openNetwork } from "../network/open.ts";
import { planRecipe } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import { openSmall } from "../testing/data.ts";
import { convNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import type { Configuration } from "./configuration.ts";
import type { Known } from "./losses.ts";
import { namingOf } from "./naming.ts";
import { configurationFor } from "./table.ts";
import { elsewhere } from "./tools.ts";

// Node's file system, without Node's types in a package for workers.
interface Files {
  readonly existsSync: (path: string) => boolean;
  readonly readFileSync: (path: string) => Uint8Array;
}
declare const process: { readonly getBuiltinModule: (name: "fs") => Files };
const files = process.getBuiltinModule("fs");
const models = decodeURIComponent(new URL("../../../../../shared/models/", import.meta.url).pathname);

const weight = { format: "int8", granularity: "channel", symmetric: true, range: "minmax" } as const;
const activation = { format: "uint8", granularity: "tensor", symmetric: false, range: "minmax" } as const;
const w8a8: Recipe = { schema: "bitscape/recipe/1", defaults: { weight, activation } };
const blocks = { ...weight, format: "int4", granularity: { block: 32 } } as const;
const w4: Recipe = { schema: "bitscape/recipe/1", defaults: { weight: blocks } };

/** A plan without a run: scales are not what is looked at here. */
const planned = (network: Network) => async (recipe: Recipe) =>
  planRecipe(
    network,
    recipe,
    undefined,
    new Map(network.points.map(({ tensor }) => [tensor, { scale: 0.5, zeroPoint: 0 }])),
  );

const write = (tool: string, network: Network, recipe: Recipe, known?: Known) =>
  configurationFor(tool, network, recipe, planned(network), known);

const jsonIn = (text: string, name: string) =>
  JSON.parse(new RegExp(`^${name} = json.loads\\(r"{3}([^]*?)"{3}\\)$`, "m").exec(text)?.[1] ?? "");

/** What scripts call a node, and everything that files name. */
const namesIn = (network: Network) => {
  const there = namingOf(network);
  return {
    nodes: there.nodes,
    tensors: there.tensors,
    own: new Set(network.original.graph.nodes.map(({ name }) => name)),
  };
};

/** The fields of an Olive pass that are looked at. */
interface Pass {
  readonly type: string;
  readonly precision: string;
  readonly activation_type: string;
  readonly data_config: string;
  readonly bits: number;
  readonly nodes_to_quantize: readonly string[];
  readonly op_types_to_quantize: readonly string[];
  readonly nodes_to_include: readonly string[];
}

const bits = /^(u?int(4|8|16))$/;
const colour = /^#[0-9a-f]{6}$/;

/** What a tool's files must be, whatever the network: by tool. */
const checks: Readonly<Record<string, (made: Configuration, network: Network) => void>> = {
  ort: ({ text }, network) => {
    const { nodes, overrides } = jsonIn(text, "DECISION");
    const there = namesIn(network);
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) expect(there.nodes).toContain(node);
    for (const tensor of Object.keys(overrides)) expect(there.tensors).toContain(tensor);
  },
  nncf: ({ text }, network) => {
    const { quantize, compress } = jsonIn(text, "DECISION");
    const nodes: string[] = [
      ...(quantize ? quantize.nodes : []),
      ...compress.flatMap((each: { nodes: string[] }) => each.nodes),
    ];
    expect(nodes.length).toBeGreaterThan(0);
    expect(new Set(nodes).size).toBe(nodes.length);
    for (const node of nodes) expect(namesIn(network).nodes).toContain(node);
    for (const { mode, group_size } of compress) {
      expect(["INT8_SYM", "INT8_ASYM", "INT4_SYM", "INT4_ASYM"]).toContain(mode);
      expect(mode.startsWith("INT8") ? group_size === -1 : group_size === -1 || group_size > 0).toBe(true);
    }
    if (quantize) expect(["symmetric", "asymmetric"]).toContain(quantize.weights.mode);
  },
  olive: ({ text, beside = [] }, network) => {
    const { input_model, passes, data_configs } = JSON.parse(text);
    expect(input_model.type).toBe("ONNXModel");
    const prepared = opsetOf(network.original) < 13 || namesIn(network).own.has("");
    expect(input_model.model_path.endsWith(".prepared.onnx")).toBe(prepared);
    const kinds = network.layers.map(({ id, node }) => [id, node.op] as const);
    const ops = new Map<string, string>(kinds);
    for (const pass of Object.values(passes) as Pass[]) {
      if (pass.type === "OnnxStaticQuantization") {
        expect(pass.precision).toMatch(bits);
        expect(pass.activation_type).toMatch(bits);
        expect(data_configs[0].name).toBe(pass.data_config);
        expect(data_configs[0].user_script).toBe(beside[0]?.name);
        for (const node of pass.nodes_to_quantize) {
          expect(pass.op_types_to_quantize).toContain(ops.get(node));
        }
      } else {
        expect(pass.type).toBe("OnnxBlockWiseRtnQuantization");
        expect([4, 8]).toContain(pass.bits);
        for (const node of pass.nodes_to_include) expect(["MatMul", "Gather"]).toContain(ops.get(node));
      }
    }
    expect(beside[0]?.text).toContain("register_dataset");
  },
  netron: ({ text }, network) => {
    const { signature, metadata, metrics } = JSON.parse(text);
    expect(signature).toBe("netron:attachment");
    const { own, tensors } = namesIn(network);
    const seen = new Set<string>();
    for (const { kind, target, name, value } of [...metadata, ...metrics]) {
      // What Netron drops without a word: unknown kinds and targets, and the first of two of one name.
      if (kind === "model") expect(target).toBe("");
      else expect(kind === "node" ? own : tensors).toContain(target);
      expect(["model", "node", "value", "tensor"]).toContain(kind);
      expect(`${name}${value}`).not.toBe("");
      seen.add(JSON.stringify([kind, target, name]));
    }
    expect(seen.size).toBe(metadata.length + metrics.length);
  },
  "model-explorer": ({ text, beside = [] }) => {
    for (const data of [text, ...beside.map((each) => each.text)].map((each) => JSON.parse(each))) {
      expect(Object.keys(data).sort()).toEqual(
        data.thresholds ? ["name", "results", "thresholds"] : ["name", "results"],
      );
      expect(Object.keys(data.results).length).toBeGreaterThan(0);
      for (const { value, bgColor } of Object.values(data.results) as {
        value: unknown;
        bgColor?: string;
      }[]) {
        expect(["number", "string"]).toContain(typeof value);
        if (bgColor !== undefined) expect(bgColor).toMatch(colour);
      }
    }
  },
};

const shared = ["mnist", "fashion-cnn", "cifar-resnet8", "sst2-tiny", "vww-mobilenet025"];

describe.skipIf(!files.existsSync(models)).each(shared)(`%s (skipped without ${models})`, (name) => {
  let network: Network;
  beforeAll(async () => {
    const bytes = Uint8Array.from(files.readFileSync(`${models}${name}.onnx`));
    network = await openNetwork(bytes, wasmRuntime, { name: `${name}.onnx` });
  });
  test.each(elsewhere.map(({ id }) => id))("%s", async (tool) => {
    for (const recipe of [w8a8, w4]) {
      const made = await write(tool, network, recipe).catch((error: Error) => error);
      // A tool may have nothing for a recipe: then it says what it would need.
      if (made instanceof Error)
        expect(made.message).toMatch(new RegExp(`^${tool}: no layer of .*expected some`));
      else checks[tool]?.(made, network);
      if (recipe === w8a8) expect(made).not.toBeInstanceOf(Error);
    }
  });
});

test("Netron and Model Explorer get the losses that are known, with their source", async () => {
  const network = await openSmall(convNet, wasmRuntime);
  const cell = { layer: "second", target: "weight", bits: 4, value: 0.125, low: 0.1, high: 0.2 } as const;
  const known: Known = { metric: "kl", cells: [{ ...cell, n: 64, source: "measured", scheme: blocks }] };
  const { metrics, metadata } = JSON.parse((await write("netron", network, w4, known)).text);
  expect(metrics).toEqual([
    {
      kind: "node",
      target: "second",
      name: "loss of weights alone (kl)",
      value: "0.125 (95 %: 0.100 to 0.200), measured, n=64",
    },
  ]);
  expect(metadata).toContainEqual({
    kind: "node",
    target: "second",
    name: "weights",
    value: "int4, blocks of 32, symmetric, minmax",
  });
  const { beside } = await write("model-explorer", network, w4, known);
  expect(beside?.map(({ name }) => name)).toEqual(["conv.model-explorer.weights-loss.json"]);
  expect(JSON.parse(beside?.[0]?.text ?? "").results).toEqual({ second: { value: 0.125 } });
  // Of another format than the recipe's nothing is known.
  const other = await write("netron", network, w8a8, known);
  expect(JSON.parse(other.text).metrics).toEqual([]);
});

test("what a tool cannot have is said, layer by layer", async () => {
  const network = await openSmall(convNet, wasmRuntime);
  const odd: Recipe = {
    ...w8a8,
    layers: { second: { weight: { format: "int3" } } },
    repairs: ["equalization"],
  };
  for (const tool of ["ort", "nncf", "olive"]) {
    const { text, beside, left } = await write(tool, network, odd);
    expect(left.join("\n")).toMatch(/^second: .*int3.*; left float$/m);
    expect(left.join("\n")).toMatch(/^equalization: /m);
    const script = [text, ...(beside ?? []).map((each) => each.text)].find((each) => each.startsWith("#"));
    for (const sentence of left) expect(script).toContain(`#   ${sentence}`);
  }
  await expect(write("tvm", network, w8a8)).rejects.toThrow("tool: tvm, expected ort, nncf, olive");
});
