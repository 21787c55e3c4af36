// Verification: opens an exported file in ONNX Runtime as a user would, runs it on data, and compares it with the
// float network and with the probe's simulation of the same plan.

import { toFloat32 } from "@bitscape/tensor";
import type { Verification } from "../export/calls.ts";
import type { Plan } from "../plan/plan.ts";
import type { Probe } from "../probe/probe.ts";
import type { Feeds, ModelFile, Runtime, Session } from "../runtime/runtime.ts";
import { scoreOf, Tally } from "./evaluate.ts";
import type { Answer, Reference } from "./reference.ts";

// Samples on which raw outputs are compared element by element; scores use all.
const COMPARED = 64;
// Two float32 computations of one network differ in summation order alone; that is far below this noise.
const SAME_DB = 60;

/** Running sums of how far one set of outputs is from another. */
class Distance {
  #signal = 0;
  #noise = 0;
  most = 0;

  add(exact: Feeds, other: Feeds, names: readonly string[]): void {
    for (const name of names) {
      const [a, b] = [exact[name], other[name]];
      if (!a || !b) throw new Error(`output ${name}: missing, expected it in both networks`);
      const [x, y] = [toFloat32(a.dtype, a.data), toFloat32(b.dtype, b.data)];
      for (let i = 0; i < x.length; i++) {
        const difference = (x[i] as number) - (y[i] as number);
        this.#signal += (x[i] as number) ** 2;
        this.#noise += difference * difference;
        if (!(Math.abs(difference) <= this.most)) this.most = Math.abs(difference);
      }
    }
  }

  /** dB; Infinity where nothing differs, NaN where an output was not a number. */
  get sqnrDb(): number {
    return this.#noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(this.#signal / this.#noise);
  }
}

/** Where the outputs that a reference compares are. */
function outputNames({ kind }: Reference): readonly string[] {
  return kind.kind === "classes" ? [kind.output] : kind.outputs;
}

export interface VerifyJob {
  readonly reference: Reference;
  readonly probe: Probe;
  /** What the file was written from; without it the file is compared with its own literal arithmetic. */
  readonly plan?: Plan;
  readonly indices: readonly number[];
  readonly of: string;
  readonly between: (done: number, total: number) => Promise<void>;
}

/** Loads and runs a file. Rejects with the runtime's sentence where it does not load or run. */
export async function verifyFile(file: ModelFile, runtime: Runtime, job: VerifyJob): Promise<Verification> {
  const { reference, probe, plan, indices, of } = job;
  const names = outputNames(reference);
  const session = await runtime.load(file);
  let literal: Session | undefined;
  try {
    if (!plan) literal = await runtime.load(file, { literal: true });
    const settings = plan && probe.settings(plan);
    const simulate = (samples: Feeds) =>
      settings ? probe.run(samples, settings) : (literal as Session).run(samples);
    const toFloat = new Distance();
    const toSimulation = new Distance();
    const simulationToFloat = new Distance();
    const same = { positions: 0, agreeing: 0 };
    let compared = 0;
    const run = async (samples: Feeds) => {
      const outputs = await session.run(samples);
      if (compared < COMPARED) {
        const [float, simulation] = [await probe.run(samples, probe.settings()), await simulate(samples)];
        compared += Object.values(samples)[0]?.shape[0] ?? 1;
        toFloat.add(float, outputs, names);
        toSimulation.add(simulation, outputs, names);
        simulationToFloat.add(float, simulation, names);
        last = simulation;
      } else last = undefined;
      return outputs;
    };
    let last: Feeds | undefined;
    const tally = new Tally();
    for (const batch of reference.batches(indices)) {
      await job.between(tally.comparisons.length, indices.length);
      const pairs = await reference.pairs(batch, probe, run);
      tally.add(pairs.map(({ comparison }) => comparison));
      if (!last) continue;
      const simulated = reference.answersOf(last, batch);
      for (const [i, { index, quantized }] of pairs.entries()) {
        const found = reference.agreement(index, quantized, simulated[i] as Answer);
        same.positions += found.positions;
        same.agreeing += found.agreeing;
      }
    }
    await job.between(indices.length, indices.length);
    const ok =
      !Number.isNaN(toFloat.sqnrDb) &&
      (toSimulation.sqnrDb >= SAME_DB || toSimulation.sqnrDb >= simulationToFloat.sqnrDb);
    const result = {
      ok,
      runtime: runtime.name,
      n: indices.length,
      sqnrDb: toFloat.sqnrDb,
      maxAbsDiff: toFloat.most,
      agreement: tally.agreement(),
      score: scoreOf(tally, reference, of, true),
      simulated: {
        maxAbsDiff: toSimulation.most,
        sqnrDb: toSimulation.sqnrDb,
        agreement: same.positions > 0 ? same.agreeing / same.positions : null,
      },
    };
    return { ...result, sentence: sentenceOf(result, plan !== undefined) };
  } finally {
    await session.release();
    await literal?.release();
  }
}

function sentenceOf(found: Omit<Verification, "sentence">, promised: boolean): string {
  const { ok, runtime, n, score, agreement, simulated } = found;
  const what = promised ? "what the screen promised" : "its own literal arithmetic";
  const data = score.data === "synthetic" ? "synthetic samples" : "samples";
  if (!ok) {
    return `Opened in ${runtime} and run on ${n} ${data}: it differs from ${what} by more than quantization explains (${db(simulated.sqnrDb)}).`;
  }
  const agrees =
    agreement === null ? "" : `; it answers as the float network does on ${(100 * agreement).toFixed(1)} %`;
  return `Opened in ${runtime} and run on ${n} ${data}: it computes ${what} (${db(simulated.sqnrDb)})${agrees}.`;
}

function db(value: number): string {
  return value === Number.POSITIVE_INFINITY ? "identical" : `SQNR ${value.toFixed(1)} dB`;
}
