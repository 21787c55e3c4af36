import { describe, expect, it } from "vitest";
import { colourAt, position } from "./colour.ts";
import { heatKey, lossKey, signedKey } from "./colourKey.ts";
import { placeOn } from "./lossScale.ts";
import { framed } from "./pictureFile.ts";
import { sourceLine } from "./sourceLine.ts";

const drawn = { svg: '<svg width="200" height="100"><path d="M0 0"/></svg>', width: 200, height: 100 };
const key = lossKey({ low: 0.01, high: 1 }, "KL, nats", false);
const parsed = (text: string) => new DOMParser().parseFromString(text, "image/svg+xml");

describe("a picture as a file", () => {
  const source = "a<b.onnx · images (1,000 samples) · measured, n=64 · Bitscape";
  const file = framed(drawn, { title: "Loss & clips", source, key, dark: false });
  const page = parsed(file.svg);
  const texts = [...page.querySelectorAll("text")].map((text) => text.textContent ?? "");

  it("is one svg with title, picture, colours and source, none over another", () => {
    expect(page.querySelector("parsererror")).toBeNull();
    expect(page.querySelectorAll("path")).toHaveLength(1);
    expect(texts[0]).toBe("Loss & clips");
    expect(texts.slice(-2).join(" ")).toContain("a<b.onnx");
    const tops = [...page.querySelectorAll("svg > g > *")].map((each) =>
      Number(
        each.getAttribute("y") ?? /translate\(0 (\d+)\)/.exec(each.getAttribute("transform") ?? "")?.[1],
      ),
    );
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    expect(tops.at(-1)).toBeLessThan(file.height);
    // The picture is whole above what follows.
    expect((tops[2] as number) - (tops[1] as number)).toBeGreaterThanOrEqual(drawn.height);
  });

  it("writes a source longer than the picture in several lines", () => {
    const long = framed(drawn, { title: "x", source: `${source} ${source}`, key: null, dark: true });
    const lines = [...parsed(long.svg).querySelectorAll("text")].slice(1);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.map((line) => line.textContent).join(" ")).toBe(`${source} ${source}`);
  });

  it("has room for as many lines as there are", () => {
    const short = framed(drawn, { title: "x", source: "y", key: null, dark: false });
    expect(file.height).toBeGreaterThan(short.height + 40);
  });
});

describe("a key of colours", () => {
  it("has its marks where the colours of their values are", () => {
    for (const { place, text } of key.marks)
      expect(place).toBeCloseTo(placeOn({ low: 0.01, high: 1 }, Number(text)));
    expect(key.colours[8]).toBe(colourAt(0.5, false));
    for (const { place, text } of heatKey("", true).marks) expect(place).toBeCloseTo(position(Number(text)));
  });
  it("of signed shares differs at its ends and has nothing in the middle", () => {
    const { colours, marks } = signedKey("", false);
    expect(colours[0]).not.toBe(colours.at(-1));
    expect(marks.map(({ text }) => text)).toEqual(["−1", "0", "+1"]);
  });
});

it("says of what a picture is, and that data were made up", () => {
  const model = { name: "m.onnx" };
  expect(sourceLine({ model, data: { name: "d", kind: "real", size: 1000 } }, "measured, n=8")).toBe(
    "m.onnx · d (1,000 samples) · measured, n=8 · Bitscape",
  );
  expect(sourceLine({ model, data: { name: "d", kind: "synthetic", size: 8 } }, "predicted")).toContain(
    "synthetic data",
  );
});
