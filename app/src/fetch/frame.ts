// The frame that fetches files from addresses a person typed or followed. It holds nothing but them: the page that has the
// person's network and data may itself connect to no other origin (its Content-Security-Policy).

import type { Ask, Tell } from "./messages.ts";

window.addEventListener("message", (event: MessageEvent<Ask>) => {
  const [port] = event.ports;
  if (event.origin !== window.location.origin || event.source !== window.parent || !port) return;
  const tell = (message: Tell) => port.postMessage(message);
  const stop = new AbortController();
  // The page ends it by any message.
  port.onmessage = () => stop.abort();
  fetched(event.data.url, stop.signal, tell).then(
    (blob) => tell({ kind: "done", blob }),
    (error: unknown) => tell({ kind: "failed", sentence: (error as Error).message }),
  );
});
window.parent.postMessage("ready", window.location.origin);

async function fetched(url: string, signal: AbortSignal, tell: (message: Tell) => void): Promise<Blob> {
  const response = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" }).catch(
    () => {
      // The browser tells a page no more than that.
      throw new Error(
        `${url}: no answer that this page may read, expected a reachable server that sends Access-Control-Allow-Origin (CORS); else download the file and drop it here`,
      );
    },
  );
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}, expected the file`);
  if (!response.body) return response.blob();
  const coded = response.headers.get("Content-Encoding");
  // The length of what is sent: of no use where that is packed.
  const total = coded ? 0 : Number(response.headers.get("Content-Length") ?? 0);
  let done = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        done += chunk.byteLength;
        tell({ kind: "progress", done, total });
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted).blob().catch(() => {
    throw new Error(`${url}: broke off after ${done} bytes, expected ${total || "the whole file"}`);
  });
}
