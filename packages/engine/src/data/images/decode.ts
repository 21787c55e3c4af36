// Decoding JPEG, PNG and the rest to RGB with the browser's own decoders, in a worker.
// Node's twin is packages/cli/src/node/images.ts; the two agree on orientation, colour profiles and alpha.

import { reasonOf } from "../files/source.ts";

/** Decoded pixels: 8-bit RGB, row-major, three bytes a pixel. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly rgb: Uint8Array;
}

/**
 * Decodes one image upright (EXIF orientation applied), its numbers as the file has them (embedded colour
 * profiles ignored, as PIL and OpenCV do), transparency over black. Rejects where the bytes are no image.
 */
export type ImageDecoder = (bytes: Uint8Array, name: string) => Promise<DecodedImage>;

/** An {@link ImageDecoder} over createImageBitmap and OffscreenCanvas. */
export const decodeInWorker: ImageDecoder = async (bytes, name) => {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
  } catch (error) {
    throw new Error(
      `${name}: could not be decoded (${reasonOf(error)}), expected an image this browser reads`,
    );
  }
  try {
    const { width, height } = bitmap;
    // An opaque canvas starts black, so transparency is composited over black; readback is all we do, hence no GPU.
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      alpha: false,
      willReadFrequently: true,
    });
    if (!context)
      throw new Error(`${name}: no canvas of ${width}×${height}, expected one this browser can make`);
    context.drawImage(bitmap, 0, 0);
    const rgba = context.getImageData(0, 0, width, height).data;
    const rgb = new Uint8Array(width * height * 3);
    for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
      rgb[to] = rgba[from] as number;
      rgb[to + 1] = rgba[from + 1] as number;
      rgb[to + 2] = rgba[from + 2] as number;
    }
    return { width, height, rgb };
  } finally {
    bitmap.close();
  }
};
