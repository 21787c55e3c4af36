// Runtime: loads an ONNX file and runs it. ONNX Runtime is the only implementation; the same adapter serves the
// WebAssembly and the native build, whose JavaScript API is one (onnxruntime-common).

import { bitsOf, type DType, type Tensor, type TensorData } from "@bitscape/tensor";
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";

export type Feeds = Readonly<Record<string, Tensor>>;

export interface Session {
  readonly inputs: readonly string[];
  /** Those that are tensors of numbers. */
  readonly outputs: readonly string[];
  /** Runs once; gives every one of `outputs`, or those named by `fetch`. */
  run(feeds: Feeds, fetch?: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface LoadOptions {
  /**
   * Run QuantizeLinear and DequantizeLinear as written instead of fusing them to integer kernels:
   * the exact reference of a quantized file.
   */
  readonly literal?: boolean;
  /**
   * Leave out the fusions: over graphs of very many small nodes they take longer than they save (14 000 nodes: 3.7 instead of
   * 7.4 s to load in the native build, 5.3 instead of 7.0 in WebAssembly; a run takes the same).
   */
  readonly quickly?: boolean;
  /** Where the native runtime writes the optimized graph, for tests that look at what was fused. */
  readonly optimizedPath?: string;
}

/** A model on disk, with its external data beside it: runtimes that take paths read it themselves. */
export interface ModelOnDisk {
  readonly path: string;
  /** For runtimes that do not: its bytes, and its external data by the locations that it names. */
  readonly read: () => {
    readonly file: Uint8Array;
    readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
  };
}

/** A model in memory whose large weights lie beside its message (loading.ts). */
export interface ModelInParts {
  readonly file: Uint8Array;
  readonly beside: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** All in one array, for runtimes that read what lies beside from disk alone. */
  readonly whole: () => Uint8Array;
}

export type ModelFile = Uint8Array | ModelOnDisk | ModelInParts;

export interface Runtime {
  /** Shown beside what it measured, such as "ONNX Runtime 1.30.0 (WebAssembly)". */
  readonly name: string;
  load(file: ModelFile, options?: LoadOptions): Promise<Session>;
}

/** The part of onnxruntime-web and onnxruntime-node that is used. */
export interface Ort {
  readonly InferenceSession: {
    create(file: Uint8Array | string, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

export interface OrtOptions extends InferenceSession.SessionOptions {
  /** The build opens files by their paths, as the native one does. */
  readonly takesPaths?: boolean;
}

type Attempt = <T>(subject: string, work: () => Promise<T>) => Promise<T>;

/** The same attempts, each begun when the one before has ended. */
function oneByOne(attempt: Attempt): Attempt {
  let last: Promise<unknown> = Promise.resolve();
  return (subject, work) => {
    const mine = last.then(() => attempt(subject, work));
    last = mine.catch(() => {}); // its caller hears of it
    return mine;
  };
}

/** A Runtime over either build of ONNX Runtime. */
export function ortRuntime(
  ort: Ort,
  name: string,
  { takesPaths = false, ...base }: OrtOptions = {},
): Runtime {
  // The WebAssembly build keeps a call's arguments on its stack while it awaits: another call begun meanwhile would
  // overwrite them. The native one is free to run several at once.
  const call = takesPaths ? attempt : oneByOne(attempt);
  return {
    name,
    async load(model, options = {}) {
      const [file, beside] = given(model, takesPaths);
      const session = await call("model", () =>
        ort.InferenceSession.create(file, {
          // Fatal alone: what fails is thrown, and said by whoever catches it.
          logSeverityLevel: 4,
          ...base,
          ...beside,
          ...(options.literal && { extra: { session: { disable_quant_qdq: "1" } } }),
          ...(options.quickly && { graphOptimizationLevel: "basic" as const }),
          ...(options.optimizedPath && { optimizedModelFilePath: options.optimizedPath }),
        }),
      );
      // Sequences, maps and strings (labels of classical models) cannot be had, nor compared.
      const numeric = session.outputMetadata
        .filter((each) => each.isTensor && each.type !== "string")
        .map(({ name }) => name);
      return {
        inputs: session.inputNames,
        outputs: numeric,
        async run(feeds, fetch) {
          const ortFeeds: Record<string, OrtTensor> = {};
          for (const input of session.inputNames) {
            const value = feeds[input];
            if (!value) throw new Error(`input ${input}: nothing to feed, expected a tensor`);
            ortFeeds[input] = toOrt(ort, value);
          }
          const found = await call("run", () => session.run(ortFeeds, fetch ?? numeric));
          return Object.fromEntries(Object.entries(found).map(([output, value]) => [output, fromOrt(value)]));
        },
        release: () => session.release(),
      };
    },
  };
}

/** What a session is made from, and the options that say where the rest is. */
function given(
  model: ModelFile,
  takesPaths: boolean,
): [Uint8Array | string, InferenceSession.SessionOptions] {
  if (model instanceof Uint8Array) return [model, {}];
  if ("whole" in model) {
    return takesPaths ? [model.whole(), {}] : [model.file, { externalData: model.beside }];
  }
  if (takesPaths) return [model.path, {}];
  const { file, externalData } = model.read();
  return [file, externalData.length > 0 ? { externalData } : {}];
}

function toOrt(ort: Ort, value: Tensor): OrtTensor {
  if (bitsOf(value.dtype) < 8)
    throw new Error(`tensor: dtype ${value.dtype}, expected one a session can be fed`);
  const make = ort.Tensor as unknown as new (
    type: DType,
    data: TensorData,
    dims: readonly number[],
  ) => OrtTensor;
  return new make(value.dtype, value.data, value.shape);
}

function fromOrt(value: OrtTensor): Tensor {
  if (value.type === "string") throw new Error("output: strings, expected numbers");
  const data = value.data as unknown as TensorData;
  // Newer engines give a Float16Array; ours is its bit patterns.
  const plain =
    value.type === "float16" && !(data instanceof Uint16Array)
      ? new Uint16Array(data.buffer, data.byteOffset, data.length)
      : data;
  return { dtype: value.type as DType, shape: value.dims, data: plain };
}

/** ONNX Runtime's errors run over many lines and repeat themselves: keep the sentence that says what is wrong. */
async function attempt<T>(subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const line = text.split("\n").find((each) => each.trim() !== "") ?? text;
    throw new Error(
      `ONNX Runtime, ${subject}: ${line
        .replace(/^Error: /, "")
        .trim()
        .slice(0, 400)}`,
    );
  }
}
