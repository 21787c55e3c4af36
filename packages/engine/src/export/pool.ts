// The constants that an export adds: names that are free in the model, and one copy of each small value that several
// nodes need (zero points, shapes, masks), which is most of what a small network would otherwise pay.

import { type Constant, constantOf, type Graph, namesBeside } from "@bitscape/graph";
import type { Tensor } from "@bitscape/tensor";

export class Pool {
  /** In the order they were added. */
  readonly constants: Constant[] = [];
  readonly #free: (wanted: string) => string;
  readonly #asked = new Map<string, number>();
  readonly #shared = new Map<string, string>();

  constructor(graph: Graph) {
    this.#free = namesBeside(graph);
  }

  /** A free name, the wanted one if it is. Thousands of nodes want the same: the count saves trying each number again. */
  free(wanted: string): string {
    const before = this.#asked.get(wanted) ?? 0;
    this.#asked.set(wanted, before + 1);
    return this.#free(before === 0 ? wanted : `${wanted}_${before}`);
  }

  /** Adds a constant under a free name like its own, and gives that name. */
  add(constant: Constant): string {
    const name = this.free(constant.name);
    this.constants.push({ ...constant, name });
    return name;
  }

  /** Has the constants from an index on prepared by `prepare` before their bytes are asked for. */
  prepareFrom(index: number, prepare: NonNullable<Constant["prepare"]>): void {
    for (let i = index; i < this.constants.length; i++) {
      this.constants[i] = { ...(this.constants[i] as Constant), prepare };
    }
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
