// The two builds of ONNX Runtime as the tests of this package use them (the engine's adapter is above this package).

import { encodeModel, type Model } from "@bitscape/graph";
import type { DType, Tensor, TensorData } from "@bitscape/tensor";

export type Feeds = Readonly<Record<string, Tensor>>;

export interface TestSession {
  run(feeds: Feeds): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface TestRuntime {
  readonly name: "native" | "wasm";
  load(model: Model): Promise<TestSession>;
}

interface Ort {
  readonly InferenceSession: {
    create(
      file: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<object>; release(): Promise<void> }>;
  };
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => object;
}

interface OrtTensor {
  readonly type: DType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export async function testRuntime(name: TestRuntime["name"]): Promise<TestRuntime> {
  if (name === "native") {
    const ort = await import("onnxruntime-node");
    return adapter(name, ort as unknown as Ort);
  }
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return adapter(name, ort as unknown as Ort);
}

function adapter(name: TestRuntime["name"], ort: Ort): TestRuntime {
  return {
    name,
    async load(model) {
      const session = await ort.InferenceSession.create(encodeModel(model), {
        logSeverityLevel: 4,
        intraOpNumThreads: 1,
      });
      const names = model.graph.inputs.map((input) => input.name);
      return {
        async run(feeds) {
          const given = names.flatMap((input) => {
            const value = feeds[input];
            if (!value) return [];
            return [[input, new ort.Tensor(value.dtype as never, value.data as never, value.shape)] as const];
          });
          const found = Object.entries(await session.run(Object.fromEntries(given))) as [string, OrtTensor][];
          return Object.fromEntries(
            found.map(([output, { type, dims, data }]) => [output, { dtype: type, shape: dims, data }]),
          );
        },
        release: () => session.release(),
      };
    },
  };
}
