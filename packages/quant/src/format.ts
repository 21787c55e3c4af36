// Integer formats: how many bits a code has and which codes there are. Not how ranges become scales (qparams.ts).

export type Signed = "int2" | "int3" | "int4" | "int5" | "int6" | "int7" | "int8";
export type Unsigned = "uint2" | "uint3" | "uint4" | "uint5" | "uint6" | "uint7" | "uint8";
export type Format = Signed | Unsigned;

export interface FormatFacts {
  readonly bits: number;
  readonly signed: boolean;
  /** Lowest and highest code: [-2^(b-1), 2^(b-1)-1] or [0, 2^b-1]. */
  readonly qmin: number;
  readonly qmax: number;
}

/** Widths that the integer formats have. */
export const integerBits = [2, 3, 4, 5, 6, 7, 8] as const;

function integer(bits: number, signed: boolean): FormatFacts {
  const half = 2 ** (bits - 1);
  return signed
    ? { bits, signed, qmin: -half, qmax: half - 1 }
    : { bits, signed, qmin: 0, qmax: 2 * half - 1 };
}

const table = new Map<string, FormatFacts>(
  integerBits.flatMap((bits) => [
    [`int${bits}`, integer(bits, true)],
    [`uint${bits}`, integer(bits, false)],
  ]),
);

/** Every format's name, signed first, narrow to wide. */
export const formats = [
  ...integerBits.map((b) => `int${b}`),
  ...integerBits.map((b) => `uint${b}`),
] as Format[];

/** What a format's name stands for. Throws for a name that is none. */
export function formatFacts(format: Format): FormatFacts {
  const facts = table.get(format);
  if (!facts) throw new Error(`format: "${format}", expected one of ${formats.join(", ")}`);
  return facts;
}
