import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "./images.ts";

const raw = { width: 2, height: 1, channels: 3 } as const;
const pixels = Buffer.from([255, 0, 0, 0, 128, 255]);

test("pixels of a PNG as they are, and grey ones as RGB", async () => {
  const png = await sharp(pixels, { raw }).png().toBuffer();
  expect(await decodeImage(png, "a.png")).toEqual({ width: 2, height: 1, rgb: new Uint8Array(pixels) });
  const grey = await sharp(Buffer.from([7, 9]), { raw: { ...raw, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
  expect((await decodeImage(grey, "g.png")).rgb).toEqual(Uint8Array.of(7, 7, 7, 9, 9, 9));
});

test("transparency is over black", async () => {
  const rgba = Buffer.from([255, 100, 0, 128, 10, 20, 30, 0]);
  const png = await sharp(rgba, { raw: { ...raw, channels: 4 } })
    .png()
    .toBuffer();
  expect((await decodeImage(png, "a.png")).rgb).toEqual(Uint8Array.of(128, 50, 0, 0, 0, 0));
});

test("EXIF orientation is applied", async () => {
  const turned = await sharp(pixels, { raw }).png().withMetadata({ orientation: 6 }).toBuffer();
  const image = await decodeImage(turned, "a.png");
  expect([image.width, image.height]).toEqual([1, 2]);
  expect(image.rgb).toEqual(new Uint8Array(pixels));
});

test("what is no image is a sentence", async () => {
  await expect(decodeImage(new TextEncoder().encode("hello"), "a.jpg")).rejects.toThrow(
    /^a\.jpg: could not be decoded \(.*\), expected an image that libvips reads$/,
  );
  const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer();
  await expect(decodeImage(whole.subarray(0, whole.length / 2), "a.jpg")).rejects.toThrow(
    "could not be decoded",
  );
});
