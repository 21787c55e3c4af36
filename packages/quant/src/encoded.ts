// A quantized tensor, by kind: what an exporter packs and a probe decodes. Types only; decode.ts gives the values back.

import type { FormatFacts, IntegerFacts } from "./formats/facts.ts";
import type { Groups } from "./grouping.ts";

/** One scale a group, as the file stores it (float32, or a float16 value). */
export interface Grouped {
  readonly shape: readonly number[];
  readonly groups: Groups;
  readonly scale: Float32Array;
}

/** x̂ = float32((code − zeroPoint) · scale). */
export interface Affine extends Grouped {
  readonly kind: "affine";
  readonly format: IntegerFacts;
  /** One an element, in [qmin, qmax]; Int32Array of uint16. */
  readonly codes: Int16Array | Int32Array;
  /** One a group, in [qmin, qmax]. */
  readonly zeroPoint: Int32Array;
}

/** x̂ = float32(levels[table · size + code] · scale), or the level itself where there is no scale. */
export interface Levels {
  readonly kind: "levels";
  readonly format: FormatFacts;
  readonly shape: readonly number[];
  /** One an element: its place in its table. */
  readonly codes: Uint8Array;
  /** Bits that a code needs: ceil(log2 size). */
  readonly width: number;
  /** `size` values, or a row of them a table. */
  readonly levels: Float32Array;
  readonly size: number;
  /** Which table an element uses. */
  readonly tables: Groups;
  readonly groups: Groups | null;
  readonly scale: Float32Array | null;
}

/** x̂ = float32(float8(code) · scale), as ONNX DequantizeLinear-19. */
export interface Float8 extends Grouped {
  readonly kind: "float8";
  readonly format: FormatFacts;
  readonly dtype: "float8e4m3fn" | "float8e5m2";
  /** Bytes of that type. */
  readonly codes: Uint8Array;
}

/** Blocks of d elements, each one of k centroids. */
export interface Product {
  readonly kind: "product";
  readonly format: FormatFacts;
  readonly shape: readonly number[];
  /** One a block, at block · rows + row (catalogue of iPQ: order index = block · out + o). */
  readonly indices: Uint8Array;
  /** Outputs, and blocks of each. */
  readonly rows: number;
  readonly blocks: number;
  readonly d: number;
  /** [k, d], what indices decode to. */
  readonly centroids: Float32Array;
  /** int8 centroids: centroids = centroidCodes · centroidScale. null where they are float32. */
  readonly centroidScale: number | null;
  readonly centroidCodes: Int8Array | null;
  readonly layout: ProductLayout;
}

/** How blocks lie in a tensor. */
export interface ProductLayout {
  readonly rows: number;
  readonly blocks: number;
  readonly d: number;
  /** Where element i of block b of row r lies: starts[b] + r · rowStride + i · stride. */
  readonly starts: Float64Array;
  readonly rowStride: number;
  readonly stride: number;
}

/** x̂ = float32(code · scale); the high bits of a code are a code of `base` bits by themselves. */
export interface Nested extends Grouped {
  readonly kind: "nested";
  readonly format: FormatFacts;
  readonly base: number;
  readonly full: number;
  /** Signed, of `full` bits. */
  readonly codes: Int16Array;
}

/** Bit patterns of 16-bit floats. */
export interface Half {
  readonly kind: "half";
  readonly format: FormatFacts;
  readonly shape: readonly number[];
  readonly dtype: "float16" | "bfloat16";
  readonly codes: Uint16Array;
}

export type Encoded = Affine | Levels | Float8 | Product | Nested | Half;
