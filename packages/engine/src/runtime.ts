// Runtime: loads an ONNX file and runs it. ONNX Runtime is the only implementation; the same adapter serves the
// WebAssembly and the native build, whose JavaScript API is one (onnxruntime-common).

import { bitsOf, type DType, type Tensor, type TensorData } from "@bitscape/tensor";
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";

export type Feeds = Readonly<Record<string, Tensor>>;

export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Runs once; gives every output, or those named by `fetch`. */
  run(feeds: Feeds, fetch?: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface LoadOptions {
  /**
   * Run QuantizeLinear and DequantizeLinear as written instead of fusing them to integer kernels:
   * the exact reference of a quantized file.
   */
  readonly literal?: boolean;
  /** Where the native runtime writes the optimized graph, for tests that look at what was fused. */
  readonly optimizedPath?: string;
}

export interface Runtime {
  /** Shown beside what it measured, such as "ONNX Runtime 1.30.0 (WebAssembly)". */
  readonly name: string;
  load(file: Uint8Array, options?: LoadOptions): Promise<Session>;
}

/** The part of onnxruntime-web and onnxruntime-node that is used. */
export interface Ort {
  readonly InferenceSession: {
    create(file: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** A Runtime over either build of ONNX Runtime. */
export function ortRuntime(ort: Ort, name: string, base: InferenceSession.SessionOptions = {}): Runtime {
  return {
    name,
    async load(file, options = {}) {
      const session = await attempt("model", () =>
        ort.InferenceSession.create(file, {
          // Fatal alone: what fails is thrown, and said by whoever catches it.
          logSeverityLevel: 4,
          ...base,
          ...(options.literal && { extra: { session: { disable_quant_qdq: "1" } } }),
          ...(options.optimizedPath && { optimizedModelFilePath: options.optimizedPath }),
        }),
      );
      return {
        inputs: session.inputNames,
        outputs: session.outputNames,
        async run(feeds, fetch) {
          const ortFeeds: Record<string, OrtTensor> = {};
          for (const input of session.inputNames) {
            const value = feeds[input];
            if (!value) throw new Error(`input ${input}: nothing to feed, expected a tensor`);
            ortFeeds[input] = toOrt(ort, value);
          }
          const found = await attempt("run", () =>
            fetch ? session.run(ortFeeds, fetch) : session.run(ortFeeds),
          );
          return Object.fromEntries(Object.entries(found).map(([output, value]) => [output, fromOrt(value)]));
        },
        release: () => session.release(),
      };
    },
  };
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
