// Lowering: walks a network in order and lays each node down in integers where the table of rules can, else float
// between a DequantizeLinear and a QuantizeLinear, which the caller refuses or allows. Holds what each value has become.

import {
  build,
  type Constant,
  int,
  type Links,
  linksOf,
  type Node,
  readsOf,
  renameReads,
} from "@bitscape/graph";
import type { Network } from "../network/network.ts";
import { afterAbsorbed } from "../network/points.ts";
import { runsOnIntegers } from "../plan/activation.ts";
import type { Plan, PointPlan } from "../plan/plan.ts";
import { codeOf, gridOf, realOf } from "./grid.ts";
import type { IntegerLayer } from "./report.ts";
import type { At } from "./rules/rule.ts";
import { rules } from "./rules/table.ts";
import type { Sheet } from "./sheet.ts";
import { codesOfSum, type Rescaling, rawOfSum } from "./sums.ts";
import { type Codes, type Grid, type Mapped, sameGrid, type Target, type Value } from "./values.ts";
import type { IntegerWeight } from "./weights.ts";

export interface LoweringOptions {
  readonly qlinear: boolean;
  readonly multiplierBits: number;
  /** int8 weights, or why a planned weight is none. */
  readonly weights: ReadonlyMap<string, IntegerWeight | string>;
  /** 4-bit storage is within reach. */
  readonly packs: boolean;
}

export class Lowering implements At {
  readonly network: Network;
  readonly sheet: Sheet;
  readonly links: Links;
  readonly qlinear: boolean;
  readonly multiplierBits: number;
  readonly packs: boolean;
  readonly layers: IntegerLayer[] = [];
  /** Weights that integer operators read. */
  readonly lowered = new Set<string>();
  /** Why nodes stayed float. */
  readonly reasons = new Map<string, string>();
  readonly #weights: LoweringOptions["weights"];
  readonly #points = new Map<string, PointPlan>();
  readonly #values = new Map<string, Value>();
  /** Codes at points: what readers read. */
  readonly #codes = new Map<string, Codes>();
  /** Tensors that are float under their own names. */
  readonly #floats = new Set<string>();
  /** Names of dequantized values. */
  readonly #read = new Map<string, string>();
  readonly #rescaling: Rescaling;

  constructor(network: Network, plan: Plan, sheet: Sheet, options: LoweringOptions) {
    this.network = network;
    this.sheet = sheet;
    this.links = linksOf(network.model.graph);
    this.qlinear = options.qlinear;
    this.multiplierBits = options.multiplierBits;
    this.packs = options.packs;
    this.#weights = options.weights;
    for (const each of plan.points.values()) {
      if (!runsOnIntegers(each.format)) continue;
      for (const name of [each.point.tensor, ...each.point.aliases]) this.#points.set(name, each);
    }
    this.#rescaling = { ...options, sheet, report: (layer) => this.layers.push(layer) };
  }

  /** Lays the whole graph down. */
  run(): void {
    const { graph } = this.network.model;
    for (const { name } of graph.inputs) {
      this.#floats.add(name);
      this.#atPoint(name);
    }
    for (const node of graph.nodes) {
      const made = node.domain === "" ? rules[node.op]?.(node, this) : undefined;
      if (made) for (const [i, value] of made.entries()) this.#made(node.outputs[i] ?? "", value);
      else this.#float(node);
    }
    for (const { name } of graph.outputs) this.#asOutput(name);
  }

  value(name: string): Value | undefined {
    return this.#codes.get(name) ?? this.#values.get(name);
  }

  codes(name: string): Codes | undefined {
    const known = this.#codes.get(name);
    if (known) return known;
    const value = this.#values.get(name);
    if (value?.kind === "codes") return value;
    if (value?.kind !== "mapped") return undefined;
    const codes = this.table(value, { ...gridOf(value), name });
    this.#values.set(name, codes);
    return codes;
  }

  codesOn(name: string, target: Target): Codes | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value.kind === "sum") return codesOfSum(value, target, this.#rescaling);
    if (value.kind === "mapped") return this.table(value, target);
    if (sameGrid(value, target)) return value;
    const same = (x: number) => x;
    return this.table({ kind: "mapped", id: name, op: "Requantize", source: value, of: same }, target);
  }

  target(name: string): Target | undefined {
    const plan = this.#points.get(name);
    if (plan?.format.kind !== "affine") return undefined;
    const { scale, zeroPoint, format } = plan;
    // Integer kernels take unsigned activations everywhere: signed codes are kept 128 higher.
    const shift = format.signed ? 128 : 0;
    return {
      ...{ name, scale: Math.fround(scale), zeroPoint: zeroPoint + shift },
      ...{ low: format.qmin + shift, high: format.qmax + shift },
    };
  }

  targetBehind(name: string): Target | undefined {
    return this.target(afterAbsorbed(name, this.links));
  }

  constant(name: string | undefined): Constant | undefined {
    return name === undefined ? undefined : this.links.constants.get(name);
  }

  weight(name: string | undefined, node: Node): IntegerWeight | undefined {
    const found = this.#weights.get(name ?? "");
    if (typeof found !== "string") return found;
    this.reasons.set(node.id, found);
    return undefined;
  }

  lowers({ plan }: IntegerWeight): void {
    this.lowered.add(plan.weight.name);
  }

  shape(name: string): readonly number[] | undefined {
    return this.network.values.get(name)?.shape;
  }

  /** A function of codes as 256 integers, whatever byte a code is. */
  table(mapped: Mapped, target: Target): Codes {
    const { source, of, id, op } = mapped;
    const { sheet } = this;
    const entries = Uint8Array.from({ length: 256 }, (_, code) => codeOf(of(realOf(code, source)), target));
    const table = sheet.constant(`${target.name}.table`, "uint8", [256], entries);
    const at = sheet.cast(source.name, "int32", `${target.name}.at`);
    const name = sheet.step("Gather", [table, at], `${target.name}.q`, { axis: int(0) });
    this.layers.push({
      ...{ id, op, form: "table", channels: 0, multiplierBits: 0, branches: [] },
      ...{ worstLsb: 0.5, overflow: null },
    });
    return { kind: "codes", ...target, name };
  }

  #made(output: string, value: Value | undefined): void {
    if (output === "" || value === undefined) return;
    this.#values.set(output, value);
    this.#atPoint(output);
  }

  #atPoint(name: string): void {
    const target = this.target(name);
    if (!target) return;
    const codes = this.codesOn(name, target) ?? this.#quantized(name, target);
    this.#codes.set(name, codes);
  }

  #quantized(name: string, target: Target): Codes {
    const { sheet } = this;
    const { low, high } = target;
    const parameters = this.#parameters(target);
    const codes = sheet.step("QuantizeLinear", [name, ...parameters], `${name}.q`);
    const bounds = [sheet.share("uint8", [low]), sheet.share("uint8", [high])];
    const within = low > 0 || high < 255 ? sheet.step("Clip", [codes, ...bounds], `${name}.clip`) : codes;
    return { kind: "codes", ...target, name: within };
  }

  #parameters({ scale, zeroPoint }: Grid): readonly string[] {
    return [this.sheet.share("float32", [scale]), this.sheet.share("uint8", [zeroPoint])];
  }

  /** A node as it is, its inputs float. */
  #float(node: Node): void {
    const renamed = new Map<string, string>();
    const asks = node.op === "Shape" || node.op === "Size";
    for (const name of readsOf(node)) {
      const value = this.value(name);
      if (!value) continue;
      if (asks && value.kind === "codes") renamed.set(name, value.name);
      else renamed.set(name, this.#dequantized(name, value));
    }
    this.sheet.add(renameReads(named(node), (name) => renamed.get(name) ?? name));
    for (const output of node.outputs) {
      if (output === "") continue;
      this.#floats.add(output);
      this.#atPoint(output);
    }
  }

  /** A value as float readers get it. */
  #dequantized(name: string, value: Value): string {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    // A graph's output is laid by itself, not quantized.
    const taken = this.#floats.has(name) || this.links.outputs.has(name);
    const output = taken ? this.sheet.pool.free(`${name}.dq`) : name;
    this.#layDequantized(name, value, output);
    this.#read.set(name, output);
    return output;
  }

  #layDequantized(name: string, value: Value, output: string): void {
    const { sheet } = this;
    if (value.kind !== "sum") {
      const codes = value.kind === "codes" ? value : (this.codes(name) as Codes);
      const node = build.node("DequantizeLinear", [codes.name, ...this.#parameters(codes)], [output]);
      sheet.add({ ...node, name: "" });
      return;
    }
    const scale = Float32Array.from(value.scale);
    const perChannel = scale.length > 1;
    const scales = sheet.constant(`${name}.scale`, "float32", perChannel ? [scale.length] : [], scale);
    const attributes = perChannel ? { axis: int(value.axis) } : {};
    const node = build.node("DequantizeLinear", [rawOfSum(value, sheet), scales], [output], attributes);
    sheet.add({ ...node, name: "" });
    this.layers.push({
      ...{ id: value.id, op: value.op, form: "dequantize", channels: scale.length, multiplierBits: 0 },
      ...{ branches: [], worstLsb: 0, overflow: null },
    });
  }

  /** A graph's output keeps its name, and is not quantized even where its readers' are. */
  #asOutput(name: string): void {
    if (this.#floats.has(name)) return;
    const value = this.#values.get(name) ?? this.#codes.get(name);
    if (value) this.#layDequantized(name, value, name);
  }
}

/** Ids must survive export: a node without a name gets its id. */
function named(node: Node): Node {
  return node.name === node.id ? node : { ...node, name: node.id };
}
