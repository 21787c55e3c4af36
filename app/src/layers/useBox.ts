// Size and scroll place of a scrolling element.

import { type RefObject, useLayoutEffect, useState } from "react";

export interface ScrollBox {
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
}

export function useBox(ref: RefObject<HTMLElement | null>): ScrollBox {
  const [box, setBox] = useState<ScrollBox>({ width: 0, height: 0, scrollTop: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const read = () =>
      setBox({ width: element.clientWidth, height: element.clientHeight, scrollTop: element.scrollTop });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener("scroll", read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", read);
    };
  }, [ref]);
  return box;
}
