import { seededRandom } from "@bitscape/tensor";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import * as build from "./build.ts";
import { type Constant, constant, constantOf, lazyConstant, tensorOf } from "./constant.ts";
import { decodeModel } from "./decode.ts";
import { encodeChunks, encodedSize, encodeModel } from "./encode.ts";
import type { Model } from "./graph.ts";

function modelOf(constants: readonly Constant[]): Model {
  return build.model(
    build.graph({
      nodes: [build.node("Relu", ["x"], ["y"])],
      inputs: [build.value("x", "float32", [1])],
      outputs: [build.value("y", "float32", [1])],
      constants,
    }),
  );
}

describe("encodedSize", () => {
  it("is the length written, at every width of the length fields", () => {
    // Around 2^7, 2^14 and 2^21, where a varint grows by a byte, for the data, its tensor and the graph.
    const random = seededRandom(1);
    for (const near of [1, 100, 127, 16_300, 16_383, 2_097_100]) {
      for (let trial = 0; trial < 8; trial++) {
        const sizes = Array.from(
          { length: 1 + Math.floor(random() * 3) },
          () => near + Math.floor(random() * 60),
        );
        const model = modelOf(
          sizes.map((size, i) => constant(`c${i}`, "uint8", [size], new Uint8Array(size).fill(i))),
        );
        const file = encodeModel(model);
        expect(encodedSize(model)).toBe(file.byteLength);
        const proto = fromBinary(ModelProtoSchema, file);
        expect(proto.graph?.initializer.map((each) => each.rawData.byteLength)).toEqual(sizes);
      }
    }
  });

  it("reads no weight", () => {
    const never = lazyConstant("w", "float32", [1 << 20], () => {
      throw new Error("read");
    });
    const size = encodedSize(modelOf([never]));
    expect(size).toBeGreaterThan(4 << 20);
    expect(size).toBeLessThan((4 << 20) + 200);
    expect(() => encodeModel(modelOf([never]))).toThrow("read");
  });
});

describe("encodeChunks", () => {
  it("asks for each weight when its turn comes, once", () => {
    const log: string[] = [];
    const lazy = (name: string) =>
      lazyConstant(name, "int8", [3], () => {
        log.push(`made ${name}`);
        return Uint8Array.of(1, 2, 3);
      });
    for (const chunk of encodeChunks(modelOf([lazy("a"), lazy("b")]))) {
      if (chunk.byteLength === 3 && chunk[0] === 1) log.push("written");
    }
    expect(log).toEqual(["made a", "written", "made b", "written"]);
  });

  it("gives the file in order", () => {
    const model = modelOf([constantOf("a", { dtype: "int8", shape: [2], data: Int8Array.of(-1, 2) })]);
    const chunks = [...encodeChunks(model)].flatMap((chunk) => [...chunk]);
    expect(Uint8Array.from(chunks)).toEqual(encodeModel(model));
    expect(chunks[0]).toBe(0x08); // ir_version first: what tells a truncated model from another file
  });

  it("refuses a weight of another length than it said", () => {
    const wrong = lazyConstant("w", "int16", [4], () => new Uint8Array(7));
    expect(() => encodeModel(modelOf([wrong]))).toThrow("constant w: 7 bytes, expected 8");
  });
});

describe("constants", () => {
  it("fit their dtype and shape", () => {
    expect(constant("c", "int4", [3], new Uint8Array(2)).byteLength).toBe(2);
    expect(() => constant("c", "int4", [3], new Uint8Array(3))).toThrow(
      "constant c: 3 bytes, expected 2 for int4[3]",
    );
  });

  it("share a tensor's memory, and view it as a tensor again", () => {
    const data = Float32Array.of(0, 1, 2, 3).subarray(1);
    const made = constantOf("c", { dtype: "float32", shape: [3], data });
    expect(made.bytes().buffer).toBe(data.buffer);
    expect(tensorOf(made)).toEqual({ dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) });
  });

  it("come out of a file at whatever offset it lies", () => {
    for (let pad = 0; pad < 8; pad++) {
      const model = modelOf([
        constantOf("x".repeat(pad + 1), { dtype: "float64", shape: [2], data: Float64Array.of(1.5, -2) }),
      ]);
      const [found] = [...decodeModel(encodeModel(model)).graph.constants.values()];
      expect([...tensorOf(found as Constant).data]).toEqual([1.5, -2]);
    }
  });
});
