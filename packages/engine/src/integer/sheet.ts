// Sheet: the nodes and constants of an integer-only graph as they are laid down, in topological order. Knows no
// arithmetic.

import { type Attribute, build, constantOf, int, lazyConstant, type Node } from "@bitscape/graph";
import { type DType, onnxNumber, type TensorData, tensor } from "@bitscape/tensor";
import type { Pool } from "../export/pool.ts";

export class Sheet {
  readonly nodes: Node[] = [];
  readonly pool: Pool;
  /** Domains beside ai.onnx that its operators are of. */
  readonly domains = new Set<string>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Adds a node without a name and gives its only output, a free name like `wanted`. */
  step(
    op: string,
    inputs: readonly string[],
    wanted: string,
    attributes: Record<string, Attribute> = {},
    domain = "",
  ): string {
    const output = this.pool.free(wanted);
    this.add({ ...build.node(op, inputs, [output], attributes, "", domain), name: "" });
    return output;
  }

  add(node: Node): void {
    if (node.domain !== "") this.domains.add(node.domain);
    this.nodes.push(node);
  }

  /** A cast to another type. */
  cast(value: string, to: DType, wanted: string): string {
    return this.step("Cast", [value], wanted, { to: int(onnxNumber(to)) });
  }

  /** A constant of its own. */
  constant(name: string, dtype: DType, shape: readonly number[], data: TensorData): string {
    return this.pool.add(constantOf(name, { dtype, shape, data }));
  }

  /** A constant whose bytes are computed when the file is written. */
  lazy(name: string, dtype: DType, shape: readonly number[], bytes: () => Uint8Array): string {
    return this.pool.add(lazyConstant(name, dtype, shape, bytes));
  }

  /** A small constant that all who need it share. */
  share(dtype: DType, values: readonly (number | bigint)[], shape: readonly number[] = []): string {
    if (dtype === "int64" || dtype === "uint64") {
      const array = dtype === "int64" ? BigInt64Array : BigUint64Array;
      return this.pool.share("k", { dtype, shape, data: array.from(values.map(BigInt)) });
    }
    return this.pool.share("k", tensor(dtype, shape, values.map(Number)));
  }
}
