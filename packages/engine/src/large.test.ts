// Networks that are not run: opened from files that are read in ranges, quantized by hand, written through sinks.

import { build, constantOf, decodeModel, encodeFiles, encodeModel, type Model } from "@bitscape/graph";
import { seededRandom, tensor } from "@bitscape/tensor";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sha256Hex } from "./data/index.ts";
import { exportNetwork } from "./export/exporter.ts";
import { openNetwork } from "./network/open.ts";
import { planRecipe } from "./plan/plan.ts";
import { presetRecipe, type Recipe } from "./recipe.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { Studio } from "./studio.ts";

const WIDTH = 1536;

/** Two matrix products of 9 MB each: a little more than is read whole. */
function bigModel(): Model {
  const random = seededRandom(5);
  const matrix = (i: number) => {
    const values = Float32Array.from({ length: WIDTH * WIDTH }, () => random() - 0.5);
    return constantOf(`w${i}`, tensor("float32", [WIDTH, WIDTH], values));
  };
  const constants = [0, 1].map(matrix);
  const nodes = constants.map(({ name }, i) =>
    build.node("MatMul", [`x${i}`, name], [`x${i + 1}`], {}, `layer${i}`),
  );
  const port = (name: string) => build.value(name, "float32", ["N", WIDTH]);
  return build.model(build.graph({ nodes, constants, inputs: [port("x0")], outputs: [port("x2")] }), 17);
}

const model = bigModel();
const whole = encodeModel(model);

/** What is read of the files, in bytes a time. */
let reads: number[] = [];

/** A File as on disk: ranges alone can be had of it. */
class DiskFile extends File {
  readonly content: Uint8Array;

  constructor(bytes: Uint8Array, name: string) {
    super([], name);
    this.content = bytes;
  }

  override get size(): number {
    return this.content.byteLength;
  }

  override slice(from = 0, to = this.size): Blob {
    return Object.assign(new Blob(), { bytes: this.content.slice(from, to) });
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error(`${this.name}: read whole`);
  }
}

/** A file that was chosen to be written to. */
class ChosenFile {
  readonly name = "chosen.onnx";
  content: Uint8Array | null = null;
  removed = false;
  parts: Uint8Array[] = [];
  fails: string | null = null;

  async getFile() {
    return { size: this.content?.byteLength ?? 0 };
  }

  async createWritable() {
    return {
      write: async (bytes: Uint8Array) => {
        if (this.fails) throw new DOMException("no room", this.fails);
        this.parts.push(bytes.slice());
      },
      close: async () => {
        this.content = new Uint8Array(await new Blob(this.parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
      },
      abort: async () => {
        this.parts = [];
      },
    };
  }

  async remove() {
    this.removed = true;
  }
}

const asHandle = (file: ChosenFile) => file as unknown as FileSystemFileHandle;

const noRuntime: Runtime = {
  name: "none",
  load: async () => {
    throw new Error("a session was asked for");
  },
};

beforeEach(() => {
  reads = [];
  vi.stubGlobal(
    "FileReaderSync",
    class {
      readAsArrayBuffer({ bytes }: { bytes: Uint8Array }): ArrayBuffer {
        reads.push(bytes.byteLength);
        return bytes.buffer as ArrayBuffer;
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const idle = () => {};
const w4: Recipe = {
  schema: "bitscape/recipe/1",
  defaults: { weight: { format: "int4", granularity: { block: 32 } } },
};

async function opened(files: readonly File[], runtime = noRuntime, runnableBytes = 1e7) {
  const studio = new Studio({
    runtime,
    decode: async () => {
      throw new Error("no images here");
    },
    runnableBytes,
  });
  return { studio, summary: await studio.openModel(files, {}, idle) };
}

/** What the same recipe gives where the model is in memory. */
let expected: Uint8Array;

beforeAll(async () => {
  const network = await openNetwork(whole, noRuntime, { name: "big.onnx" });
  const inside = { ...w4, model: { name: "big.onnx", sha256: network.sha256 } };
  expected = encodeModel(exportNetwork(network, planRecipe(network, w4), inside).model);
});

const disk = () => new DiskFile(whole, "big.onnx");

describe("a network too large to be run", () => {
  test("opens without a session, reading ranges, and says that it is not run", async () => {
    const { studio, summary } = await opened([disk()]);
    expect(summary.sha256).toBe(await sha256Hex(whole));
    expect(summary.layers.map(({ id }) => id)).toEqual(["layer0", "layer1"]);
    const data = await studio.openData("data", { kind: "synthetic" }, idle);
    expect(data.cannotRun).toBe(
      "big.onnx: 0.0189 GB of weights, expected at most 0.0100 GB to be run here; weights can be quantized and written all the same",
    );
    expect(data).toMatchObject({ size: 0, evaluation: 0 });
    expect(await studio.previews(3)).toEqual([]);
    await expect(studio.floatScore("score", idle)).rejects.toThrow("expected at most 0.0100 GB to be run");
    // Bytes of activations cannot be known; weights' histograms can.
    await expect(studio.histogram("layer1", "activation", null)).rejects.toThrow("to be run here");
    expect((await studio.histogram("layer1", "weight", null)).max).toBeLessThan(0.5);
    // But for the fingerprint, which takes a file of this size at once, never more than a tensor.
    expect(reads.filter((length) => length > 4 * WIDTH * WIDTH)).toEqual([whole.byteLength]);
  });

  test("is sized exactly and written to the chosen file as if it had been in memory", async () => {
    const { studio } = await opened([disk()]);
    await studio.openData("data", { kind: "synthetic" }, idle);
    const bytes = expected;
    expect((await studio.size(w4)).bytes).toBe(bytes.byteLength);
    expect(await studio.fileNames(w4)).toEqual(["big.quantized.onnx"]);
    const chosen = new ChosenFile();
    const result = await studio.writeModel("write", w4, { model: asHandle(chosen) }, idle);
    expect(result).toEqual({
      files: [
        {
          name: "big.quantized.onnx",
          bytes: bytes.byteLength,
          sha256: await sha256Hex(bytes),
          file: null,
        },
      ],
      opset: 21,
      warnings: ["opset: raised from 17 to 21, which the chosen types need"],
    });
    expect(await sha256Hex(chosen.content ?? new Uint8Array())).toBe(await sha256Hex(bytes));
    expect(chosen.removed).toBe(false);
  });

  test("is given back as a Blob where there is no file to write to", async () => {
    const { studio } = await opened([disk()]);
    const result = await studio.writeModel("write", w4, {}, idle);
    if (result === "cancelled") throw new Error("cancelled");
    const file = new Uint8Array((await result.files[0]?.file?.arrayBuffer()) ?? new ArrayBuffer());
    expect(await sha256Hex(file)).toBe(await sha256Hex(expected));
  });

  test("cancelled in the middle, leaves nothing", async () => {
    const { studio } = await opened([disk()]);
    const chosen = new ChosenFile();
    let most = 0;
    const result = await studio.writeModel("write", w4, { model: asHandle(chosen) }, (_, done, total) => {
      most = Math.max(most, done / total);
      if (done > total / 2) void studio.cancel("write");
    });
    expect(result).toBe("cancelled");
    expect([most > 0.5, most < 1]).toEqual([true, true]);
    expect([chosen.content, chosen.parts, chosen.removed]).toEqual([null, [], true]);
    // A file that had something in it keeps that.
    const kept = Object.assign(new ChosenFile(), { content: Uint8Array.of(1) });
    const again = studio.writeModel(
      "write",
      w4,
      { model: asHandle(kept) },
      () => void studio.cancel("write"),
    );
    expect([await again, kept.content, kept.removed]).toEqual(["cancelled", Uint8Array.of(1), false]);
  });

  test("a full disk is one sentence, and leaves nothing", async () => {
    const { studio } = await opened([disk()]);
    const chosen = Object.assign(new ChosenFile(), { fails: "QuotaExceededError" });
    await expect(studio.writeModel("write", w4, { model: asHandle(chosen) }, idle)).rejects.toThrow(
      "chosen.onnx: no room left where it is written, expected more free space",
    );
    expect([chosen.content, chosen.removed]).toEqual([null, true]);
  });

  test("activations are refused with a sentence", async () => {
    const { studio } = await opened([disk()]);
    await expect(studio.size(presetRecipe("w8a8"))).rejects.toThrow(
      /^recipe: more than weights, expected weights alone where a network cannot be run/,
    );
  });
});

test("external data are read in ranges from the files beside, by names with either kind of slash", async () => {
  const parts = { model: [] as Uint8Array[], data: [] as Uint8Array[] };
  const chunks = encodeFiles(model, { location: "weights\\big.data", between: async () => {} });
  for await (const { to, bytes } of chunks) parts[to].push(bytes.slice());
  const joined = async (of: Uint8Array[]) =>
    new Uint8Array(await new Blob(of as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const message = new File([(await joined(parts.model)) as Uint8Array<ArrayBuffer>], "big.onnx");
  const { studio } = await opened([new DiskFile(await joined(parts.data), "big.data"), message]);
  expect(Math.max(...reads)).toBeLessThanOrEqual(4 * WIDTH * WIDTH);
  const result = await studio.writeModel("write", w4, {}, idle);
  if (result === "cancelled") throw new Error("cancelled");
  const file = new Uint8Array((await result.files[0]?.file?.arrayBuffer()) ?? new ArrayBuffer());
  const [found, wanted] = [decodeModel(file), decodeModel(expected)];
  for (const [name, constant] of wanted.graph.constants) {
    const bytes = found.graph.constants.get(name)?.bytes() ?? new Uint8Array();
    expect([name, await sha256Hex(bytes)]).toEqual([name, await sha256Hex(constant.bytes())]);
  }
});

test("a session that does not fit into memory: the same, with what the runtime said", async () => {
  const small = new File(
    [encodeModel({ ...model, graph: { ...model.graph } }) as Uint8Array<ArrayBuffer>],
    "big.onnx",
  );
  const full: Runtime = {
    name: "full",
    load: async () => {
      throw new Error("ONNX Runtime, model: std::bad_alloc");
    },
  };
  vi.unstubAllGlobals();
  const { studio } = await opened([small], full, 2 ** 30);
  const data = await studio.openData("data", { kind: "synthetic" }, idle);
  expect(data.cannotRun).toContain(
    "did not fit into this page's memory (ONNX Runtime, model: std::bad_alloc)",
  );
  expect((await studio.size(w4)).bytes).toBe(expected.byteLength);
});

test("any other error of a session is an error", async () => {
  vi.unstubAllGlobals();
  const { studio } = await opened(
    [new File([whole as Uint8Array<ArrayBuffer>], "big.onnx")],
    noRuntime,
    2 ** 30,
  );
  await expect(studio.openData("data", { kind: "synthetic" }, idle)).rejects.toThrow(
    "a session was asked for",
  );
});
