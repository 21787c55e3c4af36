// Packs: codes of many small weights packed together, so that one chain of operators unpacks them and a Split hands them
// out. A chain of its own would cost a small weight more than its codes take at one bit.

import type { Node } from "@bitscape/graph";
import { type Packed, type Packing, Part, type Value } from "./part.ts";
import type { Pool } from "./pool.ts";

// A chain takes some 300 bytes: under one percent of this many codes at one bit.
const SMALL = 2 ** 18;
/** Elements whose codes are packed together: they are computed, and at load unpacked, at once. */
export const PACKED_TOGETHER = 2 ** 22;

interface Member<Owner> {
  readonly owner: Owner;
  readonly name: string;
  readonly count: number;
  readonly codes: () => ArrayLike<number>;
}

interface Batch<Owner> {
  readonly packing: Packing;
  readonly members: Member<Owner>[];
  count: number;
  /** Of the constants that were added for it, when it is laid down. */
  bytes: number;
}

/** @typeParam Owner whose codes a member's are */
export class Packs<Owner> {
  readonly nodes: Node[] = [];
  readonly #pool: Pool;
  readonly #open = new Map<string, Batch<Owner>>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Takes codes in; undefined where they are many. */
  take(owner: Owner, packing: Packing, count: number, codes: () => ArrayLike<number>): Packed | undefined {
    if (count > SMALL) return undefined;
    const batch = this.#open.get(packing.key) ?? { packing, members: [], count: 0, bytes: 0 };
    this.#open.set(packing.key, batch);
    const name = this.#pool.free("t");
    const before = batch.count;
    batch.members.push({ owner, name, count, codes });
    batch.count += count;
    // Shares of whole bytes that add up to all of them.
    const upTo = (elements: number) => Math.floor((batch.bytes * elements) / batch.count);
    const value: Value = { name, dtype: "uint8", shape: [count], settled: true, bytes: count };
    return { value, bytes: () => upTo(before + count) - upTo(before) };
  }

  /** Lays down what has become large, or everything; gives the owners of each batch after its constants were added. */
  *lay(everything: boolean): Generator<readonly Owner[]> {
    for (const [key, batch] of this.#open) {
      if (!everything && batch.count < PACKED_TOGETHER) continue;
      this.#open.delete(key);
      this.#unpack(batch);
      yield batch.members.map(({ owner }) => owner);
    }
  }

  #unpack(batch: Batch<Owner>): void {
    const { packing, members, count } = batch;
    const part = new Part(this.#pool);
    const all = packing.unpack("packed", [count], () => joined(members, count), part);
    const names = members.map(({ name }) => name);
    const [only] = names as [string];
    if (members.length === 1) part.end(all, only);
    else {
      const sizes = part.shape(members.map((member) => member.count));
      part.split(all, sizes, names);
    }
    this.nodes.push(...part.nodes);
    batch.bytes = part.bytes;
  }
}

function joined<Owner>(members: readonly Member<Owner>[], count: number): Uint8Array {
  const codes = new Uint8Array(count);
  let at = 0;
  for (const member of members) {
    codes.set(member.codes(), at);
    at += member.count;
  }
  return codes;
}
