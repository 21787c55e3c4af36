// The engine's client, and what must hold for whoever calls it: jobs have names of their own, and an answer counts only
// while the study it was asked for is still the one on the screen.

import type { Engine, EngineClient } from "@bitscape/engine";

let client: EngineClient | null = null;
let epoch = 0;
let jobs = 0;

export function connect(made: EngineClient): void {
  client = made;
  epoch++;
}

export function disconnect(): void {
  client?.dispose();
  client = null;
  epoch++;
}

export function engine(): Engine {
  if (!client) throw new Error("engine: not started");
  return client.engine;
}

/** A model is about to come: the engine is loaded meanwhile. */
export const prepare = () => client?.prepare();

/** A job's name, never used before. */
export const jobName = (what: string) => `${what}-${++jobs}`;

/** Makes all that is still under way void: another model, other data, a fresh worker. */
export function newEpoch(): void {
  epoch++;
}

/** Tells later whether the study is still the one it was when asked. */
export function sameStudy(): () => boolean {
  const then = epoch;
  return () => epoch === then;
}
