import { expect, test } from "vitest";
import { bytesSource } from "../files/source.ts";
import { parseClassList } from "./classes.ts";
import { labelImages } from "./labels.ts";

const source = (name: string, text = "") => bytesSource(name, new TextEncoder().encode(text));
const images = (...names: string[]) => names.map((name) => source(name));

async function read(...args: Parameters<typeof labelImages>) {
  const { images: found, ...rest } = await labelImages(...args);
  return { order: found.map((image) => [image.source.name, image.label]), ...rest };
}

test("folders are classes in sorted order, taken in turn", async () => {
  const found = await read(
    images("d/dog/2.png", "d/cat/1.png", "d/dog/1.png", "d/ant/1.png", "d/dog/3.png"),
    [],
  );
  expect(found.classes).toEqual(["ant", "cat", "dog"]);
  expect(found.order).toEqual([
    ["d/ant/1.png", 0],
    ["d/cat/1.png", 1],
    ["d/dog/1.png", 2],
    ["d/dog/2.png", 2],
    ["d/dog/3.png", 2],
  ]);
});

test("labels.txt gives folders their indices", async () => {
  const files = images("d/cat/1.png", "d/dog/1.png");
  const found = await read(files, [source("d/labels.txt", "wolf\ndog\ncat\n")]);
  expect(found.order.map(([, label]) => label)).toEqual([2, 1]);
  expect(found.classes).toEqual(["wolf", "dog", "cat"]);
  await expect(read(files, [source("d/labels.txt", "wolf\ndog")])).rejects.toThrow(
    'd/labels.txt: no line for class "cat"',
  );
});

test("flat images without labels, in sorted order", async () => {
  const found = await read(images("b.png", "a.png"), []);
  expect(found.order).toEqual([
    ["a.png", undefined],
    ["b.png", undefined],
  ]);
  expect((await read(images("d/b.png", "d/a.png"), [])).order[0]).toEqual(["d/a.png", undefined]);
});

test("images beside class folders are skipped, named", async () => {
  const found = await read(images("cat/1.png", "dog/1.png", "logo.png"), []);
  expect(found.skipped).toEqual([
    { name: "logo.png", reason: "beside the class folders, expected inside one" },
  ]);
  expect((await read(images("old/1.png", "new.png"), [])).order.length).toBe(2);
});

test("labels.csv decides order and files", async () => {
  const csv = source("z/labels.csv", "file,label\nsub/b.png,3\nmissing.png,1\na.png,-1\n");
  const found = await read(images("z/a.png", "z/sub/b.png", "z/c.png"), [csv]);
  expect(found.order).toEqual([
    ["z/sub/b.png", 3],
    ["z/a.png", -1],
  ]);
  expect(found.skipped.map(({ name }) => name)).toEqual(["missing.png", "z/c.png"]);
  expect(found.classes).toBeUndefined();
});

test("labels.csv by name, without a header, with other columns, with names for labels", async () => {
  const files = images("x/a.png", "x/b.png");
  const labels = async (text: string, ...more: ReturnType<typeof source>[]) => {
    const found = await read(files, [source("x/labels.csv", text), ...more]);
    return [found.order.map(([, label]) => label), found.classes];
  };
  expect(await labels("a.png,1\nb.png,0")).toEqual([[1, 0], undefined]);
  expect(await labels("id,Label,Filename\n9,4,./b.png\n8,5,deep/a.png")).toEqual([[4, 5], undefined]);
  expect(await labels("file,label\na.png,dog\nb.png,cat")).toEqual([
    [1, 0],
    ["cat", "dog"],
  ]);
  const names = source("x/labels.txt", "wolf\ncat\ndog");
  expect(await labels("file,label\na.png,dog\nb.png,cat", names)).toEqual([
    [2, 1],
    ["wolf", "cat", "dog"],
  ]);
  expect(await labels("file,label\na.png,1\nb.png,2", names)).toEqual([
    [1, 2],
    ["wolf", "cat", "dog"],
  ]);
  await expect(labels("file,label\nq.png,1")).rejects.toThrow(
    'x/labels.csv: names none of 2 images (first: "q.png"), expected columns file,label',
  );
  await expect(labels("file,label\na.png,")).rejects.toThrow("no label for x/a.png");
});

test("--labels overrides what is there", async () => {
  const files = images("a.png", "b.png");
  const own = source("labels.csv", "a.png,1\nb.png,1");
  const other = source("coarse7.csv", "file,label\nb.png,6\na.png,5");
  expect((await read(files, [own], other)).order).toEqual([
    ["b.png", 6],
    ["a.png", 5],
  ]);
  const text = source("val.txt", "a.png 8\nb.png 9\n");
  expect((await read(files, [], text)).order.map(([, label]) => label)).toEqual([8, 9]);
});

test("the forms of labels.txt", () => {
  const indices = (text: string, ...needed: string[]) => [
    ...parseClassList(text, needed, "t").indices.values(),
  ];
  expect(indices("cat 5\ndog 2", "cat", "dog")).toEqual([5, 2]);
  expect(indices("5,cat\n2,big dog", "big dog")).toEqual([5, 2]);
  expect(indices("n01 tench, fish\nn02 shark", "n02")).toEqual([0, 1]);
  expect(indices("class 0\nclass 1", "class 1")).toEqual([0, 1]);
  expect(parseClassList("0: cat\n2: dog", [], "t").names).toEqual(["cat", "", "dog"]);
  expect(parseClassList("cat\r\n\r\ndog\r\n", [], "t").names).toEqual(["cat", "", "dog"]);
});
