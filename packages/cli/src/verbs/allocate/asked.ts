// What a command line asks of allocation: budgets, limits and schemes, read from its flags.

import { type Budgets, type Choice, type Network, presets, type Recipe, type Target } from "@bitscape/engine";
import { parseRule } from "@bitscape/methods";
import { list, number, type Values } from "../../flags.ts";
import { Usage } from "../../usage.ts";
import { coupledIn } from "./coupled.ts";
import { type LatencyAsked, latencyAsked } from "./latency.ts";

export interface Asked {
  readonly targets: readonly Target[];
  /** Schemes of the preset for what is allocated, formats apart. */
  readonly defaults: Partial<Record<Target, Choice>>;
  /** Schemes of the preset for what is not. */
  readonly rest: NonNullable<Recipe["defaults"]>;
  readonly rules: ReturnType<typeof parseRule>[];
  readonly locks: Readonly<Record<string, string>>;
  readonly coupled: (network: Network) => readonly (readonly string[])[];
  readonly budgets: (network: Network) => Budgets;
  readonly latency: LatencyAsked | undefined;
  /** Points of top-1. */
  readonly drop: number | undefined;
}

/** Throws {@link Usage} for flags that do not go together. */
export function askedOf(values: Values): Asked {
  if (values.sensitivity === undefined)
    throw new Usage("--sensitivity: missing, expected what bitscape sensitivity --json wrote");
  const targets = targetsOf(values);
  const preset = values.preset === undefined ? {} : presets[values.preset];
  if (!preset)
    throw new Usage(`--preset: ${values.preset}, expected one of ${Object.keys(presets).join(", ")}`);
  const bits = number(values, "avg-bits");
  const bops = number(values, "max-bops");
  const drop = number(values, "max-drop");
  const latency = latencyAsked(values);
  const given = [values.size, bits, bops, drop, latency].filter((each) => each !== undefined).length;
  if (given === 0)
    throw new Usage(
      "--size, --avg-bits, --max-bops, --max-latency or --max-drop: missing, expected a budget",
    );
  if (drop !== undefined && given > 1)
    throw new Usage(
      "--max-drop: beside another budget, expected it alone (the smallest file is what it finds)",
    );
  for (const [name, value] of Object.entries({ "avg-bits": bits, "max-bops": bops }))
    if (value !== undefined && value <= 0) throw new Usage(`--${name}: ${value}, expected more than 0`);
  if (drop !== undefined && drop < 0) throw new Usage(`--max-drop: ${drop}, expected at least 0`);
  const of = (wanted: (target: Target) => boolean) =>
    Object.fromEntries(Object.entries(preset).filter(([target]) => wanted(target as Target)));
  return {
    targets,
    defaults: of((target) => targets.includes(target)),
    rest: of((target) => !targets.includes(target)),
    rules: (values.rule ?? []).map((text) => parseRule(text)),
    locks: locksOf(values),
    coupled: (network) => coupledIn(network, values.couple ?? []),
    budgets: (network) => ({
      ...(values.size !== undefined && { bytes: sizeOf(values.size, network) }),
      ...(bits !== undefined && { bits }),
      ...(bops !== undefined && { bops }),
    }),
    latency,
    drop,
  };
}

export function targetsOf(values: Values): readonly Target[] {
  const names = list(values, "targets") ?? ["weight"];
  return names.flatMap((name): Target[] => {
    if (name === "both") return ["weight", "activation"];
    if (name === "weight" || name === "activation") return [name];
    throw new Usage(`--targets: ${name}, expected weight, activation or both`);
  });
}

/** Bytes, or a part of the float file. */
function sizeOf(text: string, network: Network): number {
  const percent = text.endsWith("%");
  const value = Number(percent ? text.slice(0, -1) : text);
  if (!(value > 0))
    throw new Usage(`--size: ${text}, expected bytes, or a percentage of the float file such as 20%`);
  return percent ? Math.floor((value / 100) * network.bytes) : value;
}

function locksOf({ lock = [] }: Values): Record<string, string> {
  return Object.fromEntries(
    lock.map((text) => {
      const at = text.lastIndexOf("=");
      if (at < 1 || at === text.length - 1) throw new Usage(`--lock: ${text}, expected LAYER=BITS`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
