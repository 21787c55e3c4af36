// A call of the engine as a method asks it.

import { engine, jobName } from "../state/connection.ts";

/** Cancelled by a signal, its progress a share. @throws an AbortError where it was cancelled */
export async function asked<T>(
  signal: AbortSignal,
  onProgress: (share: number) => void,
  call: (
    job: string,
    onSteps: (what: string, done: number, total: number) => void,
  ) => Promise<T | "cancelled">,
): Promise<T> {
  const job = jobName("method");
  const cancel = () => void engine().cancel(job).catch(ignored);
  signal.addEventListener("abort", cancel);
  try {
    const answer = await call(job, (_, done, total) => total > 0 && onProgress(done / total));
    if (answer === "cancelled") throw new DOMException("Cancelled.", "AbortError");
    return answer;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

const ignored = () => {};
