// Products of matrices by the runtime: a session of one Gemm (ONNX Gemm-13), many times as fast as a loop; its sums are float32.

import { build, encodeModel, int } from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";
import type { Runtime } from "../../runtime/runtime.ts";

/** A Bᵀ of row-major [m, k] and [n, k]: row-major [m, n]. */
export type Product = (a: Float32Array, b: Float32Array, k: number) => Promise<Float32Array>;

/** A product, and what lets go of its session. */
export async function loadProduct(
  runtime: Runtime,
): Promise<{ readonly product: Product; readonly release: () => Promise<void> }> {
  const graph = build.graph({
    name: "product",
    nodes: [build.node("Gemm", ["a", "b"], ["y"], { transB: int(1) }, "product")],
    inputs: [build.value("a", "float32", ["m", "k"]), build.value("b", "float32", ["n", "k"])],
    outputs: [build.value("y", "float32", ["m", "n"])],
  });
  const session = await runtime.load(encodeModel(build.model(graph, 13)));
  const product: Product = async (a, b, k) => {
    const { y } = await session.run({
      a: tensor("float32", [a.length / k, k], a),
      b: tensor("float32", [b.length / k, k], b),
    });
    return (y as Tensor).data as Float32Array;
  };
  return { product, release: () => session.release() };
}
