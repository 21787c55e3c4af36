import { sizeOf } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { columnsOf, productLayout } from "./productLayout.ts";
import { decode, quantize } from "./quantize.ts";
import { assignColumns } from "./vectors.ts";

const count = (shape: readonly number[]) => Float32Array.from({ length: sizeOf(shape) }, (_, i) => i);

/** The columns of numbered elements, as lists. */
function columns(
  shape: readonly number[],
  d: number,
  axes?: { outputs: number; inputs: number },
): number[][] {
  const flat = columnsOf(count(shape), productLayout(shape, d, axes));
  return Array.from({ length: flat.length / d }, (_, i) => [...flat.subarray(i * d, i * d + d)]);
}

describe("golden (catalogue §4.5)", () => {
  const data = Float32Array.of(1, 2, 3, 4, 3, 4, 1, 2);
  const layout = productLayout([2, 4], 2);

  it("columns of a linear layer", () => {
    expect([...columnsOf(data, layout)]).toEqual([1, 2, 3, 4, 3, 4, 1, 2]);
    expect([layout.rows, layout.blocks]).toEqual([2, 2]);
  });

  it("assignment to (1, 2) and (3, 4), and no error", () => {
    const indices = new Uint8Array(4);
    assignColumns({ values: columnsOf(data, layout), d: 2 }, [1, 2, 3, 4], indices);
    expect([...indices]).toEqual([0, 1, 1, 0]);
    const scheme = { format: "product(2,2)", symmetric: true, range: "minmax" } as const;
    expect(decode(quantize(data, [2, 4], scheme, { kind: "tensor" }))).toEqual(data);
  });
});

describe("layouts", () => {
  it("linear: d inputs of one output, block by block", () => {
    expect(columns([2, 6], 3)).toEqual([
      [0, 1, 2],
      [6, 7, 8],
      [3, 4, 5],
      [9, 10, 11],
    ]);
  });

  it("matrices that hold outputs along the last axis: the same blocks, a stride apart", () => {
    expect(columns([6, 2], 3, { outputs: 1, inputs: 0 })).toEqual([
      [0, 2, 4],
      [1, 3, 5],
      [6, 8, 10],
      [7, 9, 11],
    ]);
  });

  it("convolution: the whole kernel where it has d elements", () => {
    const found = columns([2, 3, 2, 2], 4);
    expect(found.slice(0, 3)).toEqual([
      [0, 1, 2, 3],
      [12, 13, 14, 15],
      [4, 5, 6, 7],
    ]);
  });

  it("convolution: else d input channels at one place of the kernel", () => {
    expect(columns([2, 4, 1, 2], 4)).toEqual([
      [0, 2, 4, 6],
      [8, 10, 12, 14],
      [1, 3, 5, 7],
      [9, 11, 13, 15],
    ]);
    expect(columns([2, 4, 1, 1], 2)[0]).toEqual([0, 1]);
  });

  it("convolution: else d neighbours in the kernel, or in the row of kernels", () => {
    expect(columns([1, 1, 2, 4], 2)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
    expect(columns([2, 3, 2, 1], 6)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
  });

  it("recurrent and transposed weights, by their axes", () => {
    expect(columns([1, 2, 4], 4, { outputs: 1, inputs: 2 })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(columns([4, 2, 1, 1], 2, { outputs: 1, inputs: 0 })).toEqual([
      [0, 2],
      [1, 3],
      [4, 6],
      [5, 7],
    ]);
  });

  it("vectors are one row", () => {
    expect(columns([4], 2)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("every element is in one block", () => {
    const cases = [
      [[4, 6], 2],
      [[3, 8, 3, 3], 9],
      [[3, 8, 3, 3], 8],
      [[3, 8, 3, 3], 3],
      [[2, 4, 5], 4],
    ] as const;
    for (const [shape, d] of cases) {
      const all = columns(shape, d).flat();
      expect(all.toSorted((a, b) => a - b)).toEqual([...count(shape)]);
    }
  });

  it("refuses what does not divide, in a sentence", () => {
    expect(() => productLayout([10, 7], 4)).toThrow(
      "product blocks of 4 in shape [10, 7]: 7 inputs and kernels of 1, expected 4 to divide either or 7",
    );
    expect(() => productLayout([8, 1, 3, 3], 8)).toThrow(
      "1 inputs and kernels of 9, expected 8 to divide either or 9",
    );
    expect(() => productLayout([7, 10], 4, { outputs: 1, inputs: 0 })).toThrow("expected 4 to divide either");
  });
});
