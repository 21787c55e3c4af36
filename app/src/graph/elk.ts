// ELK's worker: started when a graph is to be laid out, ended when another is wanted first. Its script is a file of this site.

import ELK from "elkjs/lib/elk-api.js";
import script from "elkjs/lib/elk-worker.min.js?url";
import type { Scene } from "../state/graphScene.ts";
import { assembled, elkGraph, type Layout, piecesOf } from "./layout.ts";

/** Lays a scene out. Rejects with an AbortError where it is not wanted any more, with a sentence where it cannot be. */
export async function layOut(scene: Scene, aspect: number, signal: AbortSignal): Promise<Layout> {
  signal.throwIfAborted();
  const worker = new Worker(script);
  const elk = new ELK({ workerFactory: () => worker });
  try {
    const broken = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      worker.addEventListener("error", ({ message }) =>
        reject(
          new Error(`graph: ${message || "its layout's worker could not be loaded"}, expected a layout`),
        ),
      );
    });
    broken.catch(() => {}); // it may come when nobody waits any more
    const pieces = piecesOf(scene, aspect);
    const answers = [];
    for (const piece of pieces) {
      const asked = elk.layout(elkGraph(scene, piece, aspect)).catch((error: unknown) => {
        throw asError(error);
      });
      answers.push(await Promise.race([asked, broken]));
    }
    return assembled(scene, pieces, answers);
  } finally {
    worker.terminate();
  }
}

const asError = (error: unknown) =>
  error instanceof Error
    ? error
    : new Error(`graph: ${String((error as { message?: string })?.message ?? error)}`);
