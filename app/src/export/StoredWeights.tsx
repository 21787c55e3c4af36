// What the weights became in a file that was written: formats, what a session holds of them, and which runtimes run it.

import { formatFacts, type SizeReport, type StoredTensor } from "@bitscape/engine";
import { runsWhere } from "../inspector/formatChoices.ts";
import { formatTitle } from "../layers/formats.ts";
import { floating } from "../state/edits.ts";
import { formatBytes, formatCount } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";

interface Props {
  readonly report: SizeReport;
  /** Of the float file. */
  readonly opset: number;
  readonly weights: number;
  /** Which runtimes run it, where more than the weights' formats decides. */
  readonly runsIn?: string | undefined;
}

export function StoredWeights({ report, opset, weights, runsIn }: Props) {
  const { tensors } = report;
  return (
    <>
      <dt>
        <Term of="opset">Opset</Term>
      </dt>
      <dd>{opsetWords(opset, report.opset)}</dd>
      {tensors.length > 0 && (
        <>
          <dt>Weights</dt>
          <dd>{formatWords(tensors, weights - tensors.length)}</dd>
          <dt>
            <Term of="memory">In memory</Term>
          </dt>
          <dd>{heldWords(tensors)}</dd>
          <dt>Runs in</dt>
          <dd>{runsIn ?? runtimeWords(tensors)}</dd>
        </>
      )}
    </>
  );
}

export const opsetWords = (before: number, after: number) =>
  after > before
    ? `${after}, raised from ${before} for the operators and types that it needs`
    : String(after);

/** "11 at 8 bits, 1 as NF4, 2 float". */
export function formatWords(tensors: readonly StoredTensor[], float: number): string {
  const counts = new Map<string, number>();
  for (const { format } of tensors) {
    const { family, bits } = formatFacts(format);
    const words = family === "int" ? `at ${formatTitle(bits)}` : `as ${formatTitle(format)}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const parts = [...counts].map(([words, count]) => `${formatCount(count)} ${words}`);
  return [...parts, ...(float > 0 ? [`${formatCount(float)} ${formatTitle(floating)}`] : [])].join(", ");
}

/** "12 stay small: 180 kB; 1 is expanded to float when loaded: 4.61 kB". */
export function heldWords(tensors: readonly StoredTensor[]): string {
  const part = (choice: StoredTensor["memory"]["choice"], one: string, many: string) => {
    const found = tensors.filter(({ memory }) => memory.choice === choice);
    if (found.length === 0) return [];
    const bytes = found.reduce((sum, { memory }) => sum + memory.bytes, 0);
    return [`${formatCount(found.length)} ${found.length === 1 ? one : many}: ${formatBytes(bytes)}`];
  };
  return [
    ...part("compact", "stays small", "stay small"),
    ...part("expanded", "is expanded to float when loaded", "are expanded to float when loaded"),
  ].join("; ");
}

/** "ONNX Runtime, WebAssembly and native, not WebGPU (because of NF4)". */
export function runtimeWords(tensors: readonly StoredTensor[]): string {
  const formats = [...new Set(tensors.map(({ format }) => format))];
  const narrow = formats.find((format) => runsWhere(format).includes("not"));
  if (narrow === undefined) return `ONNX Runtime: ${runsWhere(formats[0] ?? "int8")}`;
  const of = formatFacts(narrow);
  return `ONNX Runtime: ${runsWhere(narrow)} (because of ${of.family === "int" ? narrow : formatTitle(narrow)})`;
}
