// The constants that an export adds: names that are free in the model, and one copy of each small value that several
// nodes need (zero points, shapes, masks), which is most of what a small network would otherwise pay.

import { type Constant, constantOf, type Graph, namesBeside } from "@bitscape/graph";
import type { Tensor } from "@bitscape/tensor";

export class Pool {
  /** In the order they were added. */
  readonly constants: Constant[] = [];
  /** A free name, the wanted one if it is. */
  readonly free: (wanted: string) => string;
  readonly #shared = new Map<string, string>();

  constructor(graph: Graph) {
    this.free = namesBeside(graph);
  }

  /** Adds a constant under a free name like its own, and gives that name. */
  add(constant: Constant): string {
    const name = this.free(constant.name);
    this.constants.push({ ...constant, name });
    return name;
  }

  /** The name of a constant of this value, which all that ask for it share. */
  share(label: string, value: Tensor): string {
    const key = `${value.dtype}[${value.shape.join()}]=${value.data.join()}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.add(constantOf(label, value));
    this.#shared.set(key, name);
    return name;
  }
}
