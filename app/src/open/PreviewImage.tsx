// One sample as the network will see it.

import type { Preview } from "@bitscape/engine";
import { useLayoutEffect, useRef } from "react";

export function PreviewImage({ preview, size }: { readonly preview: Preview; readonly size: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, rgba, label, name } = preview;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  }, [rgba, width, height]);
  const words = [label, name].filter(Boolean).join(", ") || "sample";
  return (
    <canvas
      ref={canvas}
      className="preview"
      width={width}
      height={height}
      role="img"
      aria-label={words}
      title={words}
      style={{
        width: (size * width) / Math.max(width, height),
        height: (size * height) / Math.max(width, height),
      }}
    />
  );
}
