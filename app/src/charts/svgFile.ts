// A picture on the page as text: the svg with the styles that the page gives it written into it; a canvas as an image in an
// svg. And either as pixels. What is only for handling a picture (data-handle) is left out.

import type { Drawn } from "./pictureFile.ts";

const written = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "paint-order",
  "font-family",
  "font-size",
  "font-weight",
  "shape-rendering",
  "text-anchor",
  "vector-effect",
] as const;

/** An element of the page as a drawing of its own, looking as it does there. */
export function drawnOf(element: SVGSVGElement | HTMLCanvasElement): Drawn {
  const { width, height } = element.getBoundingClientRect();
  if (element instanceof HTMLCanvasElement) {
    const image = `<image width="${width}" height="${height}" href="${element.toDataURL("image/png")}"/>`;
    return { svg: `<svg width="${width}" height="${height}">${image}</svg>`, width, height };
  }
  const copy = element.cloneNode(true) as SVGSVGElement;
  const [from, to] = [
    [element, ...element.querySelectorAll("*")],
    [copy, ...copy.querySelectorAll("*")],
  ];
  from.forEach((each, i) => {
    const style = getComputedStyle(each);
    const target = to[i] as Element;
    target.removeAttribute("class");
    target.removeAttribute("style");
    for (const name of written) {
      const value = style.getPropertyValue(name);
      if (value) target.setAttribute(name, value);
    }
  });
  for (const handle of copy.querySelectorAll("[data-handle]")) handle.remove();
  copy.removeAttribute("tabindex");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("viewBox", element.getAttribute("viewBox") ?? `0 0 ${width} ${height}`);
  // Names at the edges reach over them, as they do on the page.
  copy.setAttribute("overflow", "visible");
  return { svg: new XMLSerializer().serializeToString(copy), width, height };
}

/** Pixels of a canvas that every browser makes, on a side. */
const most = 8192;

/** As a PNG, twice as many pixels as on the page where a canvas can be so large. */
export async function pngOf({ svg, width, height }: Drawn): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(2, most / width, most / height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(scale * width);
  canvas.height = Math.round(scale * height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise<Blob>((done, fail) =>
    canvas.toBlob((blob) =>
      blob ? done(blob) : fail(new Error("picture: the browser made none, expected a PNG")),
    ),
  );
}
