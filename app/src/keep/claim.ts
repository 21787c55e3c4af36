// Which page keeps a study: one at a time, by a lock (Web Locks) that ends with the page, however it ends. And what pages
// tell each other of studies: that one was deleted, that the list is another.

const lockOf = (id: string) => `bitscape-study-${id}`;

/** Milliseconds that a page that is just being left may still hold its study. */
const PATIENCE = 800;

/** Gives a study back. */
export type Release = () => void;

/**
 * Claims a study for this page.
 * @returns what gives it back; null where another page has it. Where the browser knows no locks, everybody has it.
 */
export async function claim(id: string): Promise<Release | null> {
  if (!navigator.locks) return () => {};
  return new Promise((settle) => {
    const held = () =>
      new Promise<void>((release) => {
        settle(release);
      });
    navigator.locks
      .request(lockOf(id), { signal: AbortSignal.timeout(PATIENCE) }, held)
      .catch(() => settle(null));
  });
}

/** Studies that some page has claimed, this one among them. */
export async function claimed(): Promise<(id: string) => boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = new Set(held.map(({ name }) => name));
  return (id) => names.has(lockOf(id));
}

export interface Word {
  readonly deleted?: readonly string[];
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("bitscape-studies");

/** Tells the other pages that the list of studies is another. */
export const tellPages = (word: Word) => channel?.postMessage(word);

/** Hears what other pages tell. Returns what ends it. */
export function hearPages(heard: (word: Word) => void): () => void {
  const listener = ({ data }: MessageEvent<Word>) => heard(data);
  channel?.addEventListener("message", listener);
  return () => channel?.removeEventListener("message", listener);
}

const OWN = "bitscape.study";

/** Remembers which study this page had, for as long as it is open: of several pages, each has its own after a reload. */
export function rememberHere(id: string): void {
  try {
    sessionStorage.setItem(OWN, id);
  } catch {
    // Not remembered: the study that was worked on last comes back.
  }
}

/** The study that this page had before a reload; null where it had none. */
export function hadHere(): string | null {
  try {
    return sessionStorage.getItem(OWN);
  } catch {
    return null;
  }
}
