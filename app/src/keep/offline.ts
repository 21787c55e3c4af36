// The page without a network: a service worker keeps all that was built, from the first visit on. It begins only when the
// first study is there, so that nothing of it is in the way of the first picture.

import { useStore } from "../state/store.ts";

/** Milliseconds after the study is there. */
const LATER = 2000;

const container = import.meta.env.PROD && "serviceWorker" in navigator ? navigator.serviceWorker : undefined;

/**
 * Where a newer version lies ready, makes it the one that is shown: resolves with true, and the page is loading again.
 * What the page keeps is found again by the new one.
 */
export async function renewed(): Promise<boolean> {
  try {
    const waiting = (await container?.getRegistration())?.waiting;
    if (!waiting || !container) return false;
    const changed = new Promise((done) =>
      container.addEventListener("controllerchange", done, { once: true }),
    );
    waiting.postMessage({ type: "SKIP_WAITING" });
    await changed;
    window.location.reload();
    return true;
  } catch {
    return false;
  }
}

/** Begins to keep the page for visits without a network. */
export function keepPage(): void {
  if (!container) return;
  const off = useStore.subscribe(({ model, data }) => {
    if (!model || !data) return;
    off();
    // A browser that refuses it (a private window, storage that is full) has the page while there is a network.
    setTimeout(() => container.register("./sw.js").catch(() => {}), LATER);
  });
}
