#!/usr/bin/env node
// Writes a synthetic network of any size as sparse files, to try what happens to models larger than memory: a Gather from
// an embedding, then a chain of square MatMuls. Each tensor is zeros but for some runs of random values.
//   node scripts/make-big-model.mjs OUT.onnx [--matrices 96] [--width 4096] [--rows 32768] [--single] [--runs 16] [--seed 1]
// With --single the weights are in the one file (which ONNX Runtime loads up to 2 GB), else in OUT.onnx.data.
// Source of the field numbers: onnx.proto.
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    matrices: { type: "string", default: "96" },
    width: { type: "string", default: "4096" },
    rows: { type: "string", default: "32768" },
    runs: { type: "string", default: "16" },
    seed: { type: "string", default: "1" },
    single: { type: "boolean", default: false },
  },
});
const [path] = positionals;
if (path === undefined) {
  process.stderr.write("make-big-model: no path, expected one for the .onnx file\n");
  process.exit(2);
}
const [matrices, width, rows, runs, seed] = ["matrices", "width", "rows", "runs", "seed"].map((name) =>
  Number(values[/** @type {"width"} */ (name)]),
);
const PAGE = 4096;
const RUN = 1024; // values of a run

// ── protobuf

/** @param {number} value */
function varint(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
/** @param {number} field @param {number} value */
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
/** @param {number} field @param {number} length */
const head = (field, length) => Buffer.from([...varint(field * 8 + 2), ...varint(length)]);
/** @param {number} field @param {Buffer | string} content */
function bytes(field, content) {
  const buffer = Buffer.from(content);
  return Buffer.concat([head(field, buffer.length), buffer]);
}
/** @param {number} field @param {Buffer[]} fields */
const message = (field, ...fields) => bytes(field, Buffer.concat(fields));

/** @param {string} op @param {string[]} inputs @param {string} output */
const node = (op, inputs, output) =>
  message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    bytes(2, output),
    bytes(3, `make_${output}`),
    bytes(4, op),
  );
/** @param {number} field @param {string} name @param {number} type @param {(number | string)[]} shape */
function port(field, name, type, shape) {
  const dims = shape.map((dim) => message(1, typeof dim === "number" ? number(1, dim) : bytes(2, dim)));
  return message(field, bytes(1, name), message(2, message(1, number(1, type), message(2, ...dims))));
}

// ── the network

const tensors = [
  { name: "embedding", shape: [rows, width] },
  ...Array.from({ length: matrices }, (_, i) => ({ name: `w${i}`, shape: [width, width] })),
].filter(({ shape }) => shape[0] > 0);
const sizeOf = (/** @type {number[]} */ shape) => 4 * shape[0] * shape[1];
const chain = Array.from({ length: matrices }, (_, i) => node("MatMul", [`x${i}`, `w${i}`], `x${i + 1}`));
const embeds = rows > 0 ? [node("Gather", ["embedding", "ids"], "x0")] : [];
const input = rows > 0 ? port(11, "ids", 7, ["N"]) : port(11, "x0", 1, ["N", width]);
const ends = [bytes(2, "big"), input, port(12, `x${matrices}`, 1, ["N", width])];
const start = [number(1, 8), bytes(2, "bitscape make-big-model")];
const opset = message(8, bytes(1, ""), number(2, 17));

/** Where each tensor's data go; holes in between stay zeros. */
const places = values.single ? single() : external();

function external() {
  const location = `${basename(path)}.data`;
  let offset = 0;
  const found = [];
  const heads = [];
  for (const { name, shape } of tensors) {
    const length = sizeOf(shape);
    const entries = Object.entries({ location, offset, length });
    const where = entries.map(([key, value]) => message(13, bytes(1, key), bytes(2, String(value))));
    const dims = shape.map((dim) => number(1, dim));
    heads.push(message(5, ...dims, number(2, 1), bytes(8, name), ...where, number(14, 1)));
    found.push({ offset, length });
    offset = Math.ceil((offset + length) / PAGE) * PAGE;
  }
  const graph = message(7, ...embeds, ...chain, ...heads, ...ends);
  write(path, [{ at: 0, content: Buffer.concat([...start, graph, opset]) }], 0);
  return { file: `${path}.data`, size: offset, found, pieces: [] };
}

function single() {
  const heads = tensors.map(({ name, shape }) => {
    const before = Buffer.concat([...shape.map((dim) => number(1, dim)), number(2, 1), bytes(8, name)]);
    const raw = head(9, sizeOf(shape));
    const length = before.length + raw.length + sizeOf(shape);
    return { content: Buffer.concat([head(5, length), before, raw]), length: sizeOf(shape) };
  });
  const first = Buffer.concat([...embeds, ...chain]);
  const last = Buffer.concat(ends);
  const inside = heads.reduce(
    (sum, each) => sum + each.content.length + each.length,
    first.length + last.length,
  );
  const pieces = [{ at: 0, content: Buffer.concat([...start, head(7, inside), first]) }];
  let at = pieces[0].content.length;
  const found = heads.map(({ content, length }) => {
    pieces.push({ at, content });
    const offset = at + content.length;
    at = offset + length;
    return { offset, length };
  });
  pieces.push({ at, content: Buffer.concat([last, opset]) });
  return { file: path, size: at + last.length + opset.length, found, pieces };
}

/** mulberry32 */
function random(/** @type {number} */ state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {string} file @param {{ at: number, content: Buffer }[]} pieces @param {number} size 0: as long as the pieces */
function write(file, pieces, size) {
  rmSync(file, { force: true });
  const handle = openSync(file, "w");
  if (size > 0) ftruncateSync(handle, size);
  for (const { at, content } of pieces) writeSync(handle, content, 0, content.length, at);
  closeSync(handle);
}

const next = random(seed);
const filled = places.found.flatMap(({ offset, length }) =>
  Array.from({ length: runs }, (_, i) => {
    const count = Math.min(RUN, length / 4);
    const content = Float32Array.from({ length: count }, () => (next() - 0.5) * 0.1);
    // The first run at the tensor's beginning, the last at its end, the others evenly between.
    const slot = runs > 1 ? Math.floor(((length / 4 - count) * i) / (runs - 1)) : 0;
    return { at: offset + 4 * slot, content: Buffer.from(content.buffer) };
  }),
);
write(places.file, [...places.pieces, ...filled], places.size);
process.stdout.write(`${places.file}: ${(places.size / 1e9).toFixed(2)} GB, ${tensors.length} tensors\n`);
