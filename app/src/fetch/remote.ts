// A file from an address, fetched by the frame that alone may connect elsewhere (frame.ts).

import type { Ask, Tell } from "./messages.ts";

/**
 * Fetches a file.
 * @param onProgress bytes so far, of how many; 0 where the server does not say
 * @throws a sentence where it cannot be had, or an AbortError
 */
export async function remoteFile(
  url: URL,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<File> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Error(`${url}: the scheme ${url.protocol} found, expected http: or https:`);
  }
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "Fetching a file";
  const { port1, port2 } = new MessageChannel();
  try {
    const blob = await new Promise<Blob>((done, fail) => {
      const aborted = () => {
        port1.postMessage("stop");
        fail(new DOMException("Fetching was cancelled.", "AbortError"));
      };
      if (signal.aborted) return aborted();
      signal.addEventListener("abort", aborted, { once: true });
      port1.onmessage = ({ data }: MessageEvent<Tell>) => {
        if (data.kind === "progress") onProgress(data.done, data.total);
        else if (data.kind === "done") done(data.blob);
        else fail(new Error(data.sentence));
      };
      const onReady = (event: MessageEvent) => {
        if (event.source !== frame.contentWindow || event.data !== "ready") return;
        window.removeEventListener("message", onReady);
        const ask: Ask = { url: url.href };
        frame.contentWindow?.postMessage(ask, window.location.origin, [port2]);
      };
      window.addEventListener("message", onReady);
      frame.addEventListener("error", () => fail(new Error(`${url}: the frame that fetches did not load`)));
      frame.src = new URL("fetch.html", document.baseURI).href;
      document.body.append(frame);
    });
    return new File([blob], nameOf(url));
  } finally {
    port1.close();
    frame.remove();
  }
}

/** The last part of an address's path. */
export function nameOf(url: URL): string {
  const last = url.pathname.split("/").filter(Boolean).at(-1) ?? url.hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
