import { expect, test } from "vitest";
import { resample, resizeCrop } from "./resize.ts";

const picture = (width: number, height: number) => ({
  width,
  height,
  rgb: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256),
});

test("Pillow's pixels, to the last bit", () => {
  // Pillow 13: Image.fromarray((np.arange(105) * 37 % 256).astype("u1").reshape(5, 7, 3)).resize((3, 4), BILINEAR)
  expect([...resample(picture(7, 5), 3, 4).rgb]).toEqual([
    97, 79, 116, 139, 116, 93, 116, 153, 135, 108, 90, 127, 150, 127, 104, 127, 164, 146, 118, 100, 137, 160,
    137, 114, 137, 174, 156, 88, 111, 148, 126, 103, 125, 148, 144, 98,
  ]);
  // .resize((10, 6)), second row
  expect([...resample(picture(7, 5), 10, 6).rgb.subarray(30, 60)]).toEqual([
    7, 44, 81, 68, 105, 142, 146, 119, 156, 223, 17, 54, 135, 82, 119, 123, 160, 107, 188, 225, 19, 86, 123,
    96, 100, 137, 174, 161, 198, 235,
  ]);
});

test("a window is a cut of the whole", () => {
  const whole = resample(picture(20, 13), 11, 17);
  const part = resample(picture(20, 13), 11, 17, { left: 3, top: 5, width: 4, height: 6 });
  for (let y = 0; y < 6; y++) {
    const from = ((y + 5) * 11 + 3) * 3;
    expect(part.rgb.subarray(y * 12, y * 12 + 12)).toEqual(whole.rgb.subarray(from, from + 12));
  }
});

test("the shorter side is resized, the longer in proportion and rounded down", () => {
  const sizes = ([width, height]: [number, number]) => {
    const out = resizeCrop(picture(width, height), { resize: 16, crop: "none" });
    return [out.width, out.height];
  };
  expect(sizes([40, 27])).toEqual([23, 16]);
  expect(sizes([27, 40])).toEqual([16, 23]);
});

test("a centred crop of the image as it is", () => {
  const out = resizeCrop(picture(7, 6), { resize: "none", crop: 4 });
  const source = picture(7, 6).rgb;
  expect([out.width, out.height]).toEqual([4, 4]);
  expect(out.rgb.subarray(0, 12)).toEqual(source.subarray((1 * 7 + 1) * 3, (1 * 7 + 5) * 3));
});

test("stretching to fit is one step from the original", () => {
  const fit = { width: 5, height: 9 };
  const out = resizeCrop(picture(30, 20), { resize: 12, crop: "none", fit });
  expect(out.rgb).toEqual(resample(picture(30, 20), 5, 9).rgb);
});

test("an image smaller than the crop", () => {
  expect(() => resizeCrop(picture(7, 6), { resize: "none", crop: 7 })).toThrow(
    "7×6 pixels, expected at least the crop of 7×7",
  );
});
