import { expect, it } from "vitest";
import { barsPicture } from "./barsPicture.ts";

const bars = [
  { name: "a/very/long/name/of/a/layer/that/does/not/fit/conv1", value: 30, text: "30 dB" },
  { name: "b", value: 60, text: "60 dB" },
  { name: "c", value: Number.POSITIVE_INFINITY, text: "exact" },
  { name: "d", value: -5, text: "−5 dB" },
];

it("draws each bar as long as its value, to the end of the axis at most", () => {
  const { svg } = barsPicture({ bars, axis: "SQNR, dB", most: 60, dark: false });
  const page = new DOMParser().parseFromString(svg, "image/svg+xml");
  const [half, whole, exact, none] = [...page.querySelectorAll("rect")].map((rect) =>
    Number(rect.getAttribute("width")),
  );
  expect(half).toBeCloseTo((whole as number) / 2);
  expect([exact, none]).toEqual([whole, 0]);
  const texts = [...page.querySelectorAll("text")].map((text) => text.textContent);
  expect(texts).toEqual(
    expect.arrayContaining(["…me/of/a/layer/that/does/not/fit/conv1", "exact", "SQNR, dB", "20"]),
  );
});
