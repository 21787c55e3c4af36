// How a quantized weight is stored in a file: in an ONNX type of its width where there is one, else bit-packed in
// uint8 with a small unpacking subgraph, so that the file is as small as the arithmetic says. One row a way of storing.

import { build, type Constant, constantOf, int, lazyConstant, type Node } from "@bitscape/graph";
import type { FormatFacts, Quantized } from "@bitscape/quant";
import { bytesOf, type DType, packBits, sizeOf, tensor } from "@bitscape/tensor";

/** The constants and nodes that yield a tensor of codes, and of what type those codes are. */
export interface Stored {
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
  /** Name of the value that holds the codes, in the quantized shape. */
  readonly codes: string;
  readonly dtype: DType;
  /** Added to a code to get what is stored: 2^(b−1) where signed codes are stored unsigned. */
  readonly offset: number;
}

export interface Storage {
  /** Lowest ai.onnx opset: of DequantizeLinear for the type, or of the unpacking operators. */
  readonly opset: number;
  readonly store: (
    name: string,
    shape: readonly number[],
    format: FormatFacts,
    codes: () => Quantized,
  ) => Stored;
}

/** One of ONNX's own integer types; 8 bits or packed by TensorProto's rule. */
function typed(opset: number, width: 2 | 4 | 8): Storage {
  return {
    opset,
    store: (name, shape, format, quantized) => {
      const dtype = `${format.signed ? "int" : "uint"}${width}` as DType;
      const bytes = () => packBits(quantized().codes, width);
      return {
        constants: [lazyConstant(name, dtype, shape, bytes)],
        nodes: [],
        codes: name,
        dtype,
        offset: 0,
      };
    },
  };
}

/** Widths that are sums of powers of two: each part of a code is packed in a field of its own. */
const fieldsOf: Readonly<Record<number, readonly (1 | 2 | 4)[]>> = {
  2: [2],
  3: [2, 1],
  5: [4, 1],
  6: [4, 2],
  7: [4, 2, 1],
};

// BitShift-11 and BitwiseAnd-18, BitwiseOr-18 on uint8; ONNX Runtime folds them to uint8 at load, no wider.
const packed: Storage = {
  opset: 18,
  store: (name, shape, format, quantized) => {
    const offset = format.signed ? 2 ** (format.bits - 1) : 0;
    const count = sizeOf(shape);
    const constants: Constant[] = [];
    const nodes: Node[] = [];
    const byte = (label: string, values: number[]) => {
      const constant = constantOf(
        `${name}.${label}`,
        tensor("uint8", values.length === 1 ? [] : [values.length], values),
      );
      constants.push(constant);
      return constant.name;
    };
    const int64 = (label: string, values: readonly number[]) => {
      const constant = constantOf(`${name}.${label}`, tensor("int64", [values.length], values));
      constants.push(constant);
      return constant.name;
    };
    let shift = 0;
    let sum = "";
    for (const width of fieldsOf[format.bits] ?? []) {
      const perByte = 8 / width;
      const length = Math.ceil(count / perByte);
      const field = `${name}.bits${shift}`;
      const from = shift;
      const bytes = () =>
        packBits(
          quantized().codes.map((code) => (code + offset) >> from),
          width,
        );
      constants.push(lazyConstant(field, "uint8", [length, 1], bytes));
      const shifts = byte(
        `shifts${shift}`,
        Array.from({ length: perByte }, (_, i) => i * width),
      );
      const mask = byte(`mask${shift}`, [(1 << width) - 1]);
      nodes.push(
        build.node("BitShift", [field, shifts], [`${field}.shifted`], {
          direction: { type: "string", value: "RIGHT" },
        }),
        build.node("BitwiseAnd", [`${field}.shifted`, mask], [`${field}.masked`]),
      );
      let part = `${field}.masked`;
      if (shift > 0) {
        const by = byte(`shift${shift}`, [shift]);
        nodes.push(
          build.node("BitShift", [part, by], [`${field}.raised`], {
            direction: { type: "string", value: "LEFT" },
          }),
        );
        part = `${field}.raised`;
      }
      // Fields of different widths hold different numbers of codes a byte: flatten and cut before joining.
      const flat = `${field}.flat`;
      nodes.push(build.node("Reshape", [part, int64(`flat${shift}`, [-1])], [flat]));
      let cut = flat;
      if (length * perByte !== count) {
        cut = `${field}.cut`;
        nodes.push(
          build.node("Slice", [flat, int64(`from${shift}`, [0]), int64(`to${shift}`, [count])], [cut]),
        );
      }
      if (sum === "") sum = cut;
      else {
        nodes.push(build.node("BitwiseOr", [sum, cut], [`${field}.joined`]));
        sum = `${field}.joined`;
      }
      shift += width;
    }
    nodes.push(build.node("Reshape", [sum, int64("shape", shape)], [name]));
    return { constants, nodes, codes: name, dtype: "uint8", offset };
  },
};

const byBits: Readonly<Record<number, Storage>> = { 2: typed(25, 2), 4: typed(21, 4), 8: typed(13, 8) };

/** The storage of a width; `types: false` where the model cannot be raised to the opset that has the type. */
export function storageOf(bits: number, types = true): Storage {
  return (types ? byBits[bits] : undefined) ?? packed;
}

/** Scales and zero points beside the codes, in the types DequantizeLinear wants. */
export function parameterConstants(
  name: string,
  stored: Stored,
  scaleShape: readonly number[],
  half: boolean,
  quantized: () => Quantized,
  toHalf: (value: number) => number,
): { readonly scale: Constant; readonly zeroPoint: Constant } {
  const scaleBytes = () => {
    const { scale } = quantized();
    return bytesOf(half ? Uint16Array.from(scale, toHalf) : scale);
  };
  const width = stored.dtype.endsWith("4") ? 4 : stored.dtype.endsWith("2") ? 2 : 8;
  const zeroBytes = () =>
    packBits(
      quantized().zeroPoint.map((zero) => zero + stored.offset),
      width,
    );
  return {
    scale: lazyConstant(`${name}_scale`, half ? "float16" : "float32", scaleShape, scaleBytes),
    zeroPoint: lazyConstant(`${name}_zero_point`, stored.dtype, scaleShape, zeroBytes),
  };
}

/** DequantizeLinear with its axis always explicit where there is one (ONNX DequantizeLinear-13, -21). */
export function dequantize(
  inputs: readonly string[],
  output: string,
  grouping: { readonly kind: string; readonly axis?: number; readonly size?: number },
): Node {
  const attributes = {
    ...(grouping.axis !== undefined && { axis: int(grouping.axis) }),
    ...(grouping.size !== undefined && { block_size: int(grouping.size) }),
  };
  return build.node("DequantizeLinear", inputs, [output], attributes, `${output}/DequantizeLinear`);
}
