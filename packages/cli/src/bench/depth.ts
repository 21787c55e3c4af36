// What depth costs: predicting each cell of a long chain of small layers against each of a shorter one. Loading a session takes
// more than twice as long for twice as many nodes; cut into segments, it does not. Ratios within a run, as all measures here.

import { inputsOf, openNetwork, type Runtime, Study, syntheticDataset } from "@bitscape/engine";
import { build, constantOf, encodeModel, int, ints } from "@bitscape/graph";
import { normal, seededRandom, sizeOf, tensor } from "@bitscape/tensor";
import { idle, type Measure } from "./measures.ts";

const SHORT = 20;
const LONG = 160;
const BOUND = 1.5;
const BITS = [2, 3, 4, 5, 6, 8];

/** Residual blocks of two convolutions of four channels, with a head. */
function chain(blocks: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(blocks);
  const weight = (name: string, shape: readonly number[], factor: number) =>
    constantOf(
      name,
      tensor(
        "float32",
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => factor * normal(random)),
      ),
    );
  const pads = { pads: ints([1, 1, 1, 1]) };
  const nodes = [];
  const constants = [weight("head", [4, 4], 0.3)];
  let from = "x";
  for (let i = 0; i < blocks; i++) {
    nodes.push(
      build.node("Conv", [from, `w${i}`], [`c${i}`], pads, `first${i}`),
      build.node("Relu", [`c${i}`], [`r${i}`], {}, `relu${i}`),
      build.node("Conv", [`r${i}`, `v${i}`], [`d${i}`], pads, `second${i}`),
      build.node("Add", [from, `d${i}`], [`s${i}`], {}, `add${i}`),
    );
    constants.push(weight(`w${i}`, [4, 4, 3, 3], 0.3), weight(`v${i}`, [4, 4, 3, 3], 0.3 / blocks));
    from = `s${i}`;
  }
  nodes.push(
    build.node("GlobalAveragePool", [from], ["p"], {}, "pool"),
    build.node("Flatten", ["p"], ["f"], {}, "flat"),
    build.node("Gemm", ["f", "head"], ["y"], { transB: int(1) }, "head"),
  );
  const inputs = [build.value("x", "float32", ["N", 4, 8, 8])];
  const outputs = [build.value("y", "float32", ["N", 4])];
  return new Uint8Array(encodeModel(build.model(build.graph({ nodes, constants, inputs, outputs }), 17)));
}

/** Milliseconds from nothing to all predicted cells, and how many those are. */
async function predicted(blocks: number, runtime: Runtime): Promise<{ ms: number; cells: number }> {
  const network = await openNetwork(chain(blocks), runtime, { name: `chain of ${blocks} blocks` });
  const dataset = await syntheticDataset(inputsOf(network), { pins: network.pins });
  const study = await Study.open(network, dataset, runtime, { calibration: 8 });
  const targets = ["weight", "activation"] as const;
  await study.ranges(idle);
  let cells = 0;
  const started = performance.now();
  const request = { bits: BITS, targets, samples: 32, estimator: "gauss-newton" } as const;
  await study.predict(
    request,
    (found) => {
      cells += found.length;
    },
    idle,
  );
  const ms = performance.now() - started;
  await study.release();
  return { ms, cells };
}

/** A cell of the long chain ÷ a cell of the short one. */
export async function depthCost(runtime: Runtime): Promise<Measure> {
  // Once to warm up: the first sessions of WebAssembly are slow.
  await predicted(SHORT, runtime);
  const [short, long] = [await predicted(SHORT, runtime), await predicted(LONG, runtime)];
  return {
    name: `predicted cell, ${LONG} ÷ ${SHORT} blocks deep`,
    ratio: long.ms / long.cells / (short.ms / short.cells),
    unit: "×",
    bound: BOUND,
    detail: `${long.ms.toFixed(0)} ms for ${long.cells} cells against ${short.ms.toFixed(0)} ms for ${short.cells}`,
  };
}
