// The last file that was written and verified, without its bytes: the dialog lets go of the file when it closes, the report still
// says what was verified.

import type { ExportResult } from "@bitscape/engine";
import { create } from "zustand";
import type { State } from "./store.ts";

export interface VerifiedFile extends Omit<ExportResult, "bytes"> {
  /** Length in bytes. */
  readonly length: number;
}

interface Verified {
  readonly key: string;
  readonly model: State["model"];
  readonly data: State["data"];
  readonly file: VerifiedFile;
}

export const useVerified = create<{ readonly last: Verified | null }>()(() => ({ last: null }));

export function rememberVerified(
  { bytes, ...rest }: ExportResult,
  key: string,
  { model, data }: State,
): void {
  useVerified.setState({ last: { key, model, data, file: { ...rest, length: bytes.byteLength } } });
}

/** The file of a recipe of the study on the screen; null where none was written. */
export function verifiedFile(
  { model, data }: Pick<State, "model" | "data">,
  key: string,
): VerifiedFile | null {
  const { last } = useVerified.getState();
  return last?.key === key && last.model === model && last.data === data ? last.file : null;
}
