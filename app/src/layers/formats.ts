// How formats are named on the screen: in full, and short enough to head a column. What they are is quant's table.

import { type FormatFacts, formatFacts } from "@bitscape/engine";
import { type Bits, floating } from "../state/edits.ts";

interface Names {
  readonly title: (facts: FormatFacts) => string;
  readonly short: (facts: FormatFacts) => string;
}

const argsOf = ({ args }: FormatFacts) => args.map(String);

const plain = (title: string, short: string): Names => ({ title: () => title, short: () => short });

// By name first, then by family: fp4 and the rest of its family are known by different words.
const names: Readonly<Record<string, Names>> = {
  float8e4m3: plain("float8 E4M3", "e4m3"),
  float8e5m2: plain("float8 E5M2", "e5m2"),
  float16: plain("float16", "f16"),
  bfloat16: plain("bfloat16", "bf16"),
  nf4: plain("NF4", "nf4"),
  fp4: plain("FP4", "fp4"),
  binary: plain("binary", "bin"),
  ternary: plain("ternary", "tern"),
  int: { title: ({ bits }) => `${bits} bits`, short: ({ bits }) => String(bits) },
  fp: { title: (facts) => `fp(${argsOf(facts)})`, short: (facts) => `fp${argsOf(facts).join(".")}` },
  codebook: {
    title: (facts) => `codebook of ${argsOf(facts)}`,
    short: (facts) => `cb${argsOf(facts)}`,
  },
  product: {
    title: (facts) => `product codes ${argsOf(facts).join("×")}`,
    short: (facts) => `pq${argsOf(facts).join("/")}`,
  },
  log: {
    title: ({ bits }) => `powers of two, ${bits} bits`,
    short: ({ bits }) => `log${bits}`,
  },
  nested: {
    title: (facts) => `nested ${argsOf(facts).join(" in ")} bits`,
    short: (facts) => argsOf(facts).join("⊂"),
  },
};

const namesOf = (facts: FormatFacts) => names[facts.name] ?? names[facts.family];

/** "4 bits", "NF4", "fp(4,3)", "float": as in "stem/conv, weight, NF4". */
export function formatTitle(bits: Bits): string {
  if (bits === floating) return "float";
  if (typeof bits === "number") return `${bits} bits`;
  const facts = formatFacts(bits);
  return namesOf(facts)?.title(facts) ?? bits;
}

/** A few letters: "4", "nf4", "e4m3". */
export function shortName(bits: Bits): string {
  if (typeof bits === "number" || bits === floating) return String(bits);
  const facts = formatFacts(bits);
  return namesOf(facts)?.short(facts) ?? bits;
}
