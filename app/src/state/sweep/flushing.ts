// Collects what arrives piece by piece, many a second, and hands it on together: in time for a frame, ten times a second
// at most. A hidden page draws no frames; then a timer does.

const least = 100;
const hidden = 250;

export interface Flushing {
  /** Something has arrived. */
  ask(): void;
  /** Hands on what is left, now, and nothing later. */
  end(): void;
}

export function flushing(flush: () => void): Flushing {
  let last = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;

  const now = () => {
    cancel?.();
    cancel = null;
    last = performance.now();
    flush();
  };
  const atFrame = () => {
    const timer = setTimeout(now, hidden);
    const frame = globalThis.requestAnimationFrame?.(now);
    cancel = () => {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
    if (frame === undefined) now();
  };
  return {
    ask() {
      if (cancel) return;
      const timer = setTimeout(atFrame, Math.max(0, last + least - performance.now()));
      cancel = () => clearTimeout(timer);
    },
    end: now,
  };
}
