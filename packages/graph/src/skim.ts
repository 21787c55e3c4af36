// The structure of a large ONNX file without its large tensors: every message is copied but the raw_data of tensors,
// which is only located. Nothing is decoded here; protobuf reads what is given back.
// Source: onnx.proto (field numbers), protobuf.dev/programming-guides/encoding.

import type { ByteSource } from "./bytes.ts";

/** Where in the file a tensor's raw_data lies. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

export interface Skimmed {
  /** A ModelProto whose large raw_data fields are empty. */
  readonly structure: Uint8Array;
  /** By the offset in `structure` at which an emptied field's content would begin. */
  readonly holes: ReadonlyMap<number, Hole>;
}

type Kind = "model" | "graph" | "node" | "attribute" | "tensor";

/** Fields that lead to tensors which decode.ts takes out of their messages; all others are copied whole. */
const inside: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: "graph" },
  graph: { 1: "node", 5: "tensor" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 11: "graph" },
  tensor: {},
};
const RAW_DATA = 9;
// What is smaller is copied: a hole would save nothing.
const SMALL = 4096;
const WINDOW = 2 ** 16;
// fromBinary refuses what is nested deeper; it says so where we only copy.
const DEEPEST = 100;

type Piece = Uint8Array | Hole;

/** The source could not give what it has (its error is the cause); any other error means a damaged file. */
export class Unreadable extends Error {}

/** Skims a file, reading its structure alone. Throws where the file ends before a message does. */
export function skim(source: ByteSource): Skimmed {
  const pieces = skimMessage(new Window(source), "model", 0, source.byteLength, 0);
  const structure = new Uint8Array(lengthOf(pieces));
  const holes = new Map<number, Hole>();
  let at = 0;
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) {
      structure.set(piece, at);
      at += piece.byteLength;
    } else holes.set(at, piece);
  }
  return { structure, holes };
}

function skimMessage(file: Window, kind: Kind, from: number, to: number, depth: number): Piece[] {
  const pieces: Piece[] = [];
  let copied = from;
  const copy = (until: number) => {
    if (until > copied) pieces.push(file.copy(copied, until));
  };
  let at = from;
  while (at < to) {
    const begin = at;
    const tag = file.varint(at, to);
    const next = skipped(file, tag.value % 8, tag.end, to);
    if (next === undefined) break; // an old group: from here on as it is
    if (next.end > to) throw new RangeError("a message ends early");
    at = next.end;
    const field = Math.floor(tag.value / 8);
    const isRaw = kind === "tensor" && field === RAW_DATA;
    const inner = inside[kind][field];
    if (at - next.content < SMALL || tag.value % 8 !== 2 || !(isRaw || inner) || depth >= DEEPEST) continue;
    copy(begin);
    copied = at;
    const content: Piece[] = inner
      ? skimMessage(file, inner, next.content, at, depth + 1)
      : [{ from: next.content, to: at }];
    pieces.push(header(tag.value, lengthOf(content)), ...content);
  }
  copy(to);
  return pieces;
}

/** Where a field's content begins and ends; undefined for a wire type whose end only its content tells. */
function skipped(
  file: Window,
  wireType: number,
  at: number,
  to: number,
): { content: number; end: number } | undefined {
  if (wireType === 0) return { content: at, end: file.varint(at, to).end };
  if (wireType === 1) return { content: at, end: at + 8 };
  if (wireType === 5) return { content: at, end: at + 4 };
  if (wireType !== 2) return undefined;
  const { value, end } = file.varint(at, to);
  return { content: end, end: end + value };
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.byteLength : 0), 0);
}

function header(tag: number, length: number): Uint8Array {
  return Uint8Array.from([...varintOf(tag), ...varintOf(length)]);
}

/** A number as a base-128 varint. */
export function varintOf(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** A file looked at through a short window that moves forward. */
class Window {
  readonly #source: ByteSource;
  #from = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  copy(from: number, to: number): Uint8Array {
    return this.#read(from, to).slice();
  }

  #read(from: number, to: number): Uint8Array {
    try {
      return this.#source.read(from, to);
    } catch (cause) {
      throw new Unreadable("source", { cause });
    }
  }

  varint(at: number, to: number): { value: number; end: number } {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (at + i >= to) throw new RangeError("a message ends early");
      const byte = this.#byte(at + i);
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return { value, end: at + i + 1 };
    }
    throw new RangeError("a message ends early");
  }

  #byte(at: number): number {
    if (at < this.#from || at >= this.#from + this.#bytes.byteLength) {
      this.#from = at;
      this.#bytes = this.#read(at, Math.min(at + WINDOW, this.#source.byteLength));
    }
    return this.#bytes[at - this.#from] as number;
  }
}
