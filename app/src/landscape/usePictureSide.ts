// How large a square picture may be so that it is seen whole, with its axes and legend, in the panel as high as it is now.

import { type CSSProperties, useEffect, useState } from "react";

const [least, most] = [240, 560];
/** Controls above, axis, legend and actions below. */
const around = 240;

export function usePictureSide(): number {
  const [side, setSide] = useState(320);
  useEffect(() => {
    const panel = document.querySelector('[aria-label="Landscape"]')?.parentElement;
    if (!panel) return;
    const read = () => setSide(Math.round(Math.min(most, Math.max(least, panel.clientHeight - around))));
    read();
    const observer = new ResizeObserver(read);
    observer.observe(panel);
    return () => observer.disconnect();
  }, []);
  return side;
}

/** Room for a picture of that side with its axes, for what lies beside it. */
export const pictureStyle = (side: number) => ({ "--picture": `${side + 64}px` }) as CSSProperties;
