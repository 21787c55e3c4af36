// Which label an image has, and in which order images come: folder-per-class, labels.csv or none (contracts.md, Data).
// Labels of arrays are arrays.ts's.

import type { SkippedSample } from "../dataset.ts";
import { parseCsv } from "../files/csv.ts";
import { baseName, type DataFiles, extensionOf, type FileSource } from "../files/source.ts";
import { type ClassList, parseClassList } from "./classes.ts";

export interface LabelledImage {
  readonly source: FileSource;
  /** Class index; −1 is ignored; undefined where nothing is labelled. */
  readonly label?: number;
}

export interface LabelledImages {
  readonly images: readonly LabelledImage[];
  readonly classes?: readonly string[];
  readonly skipped: readonly SkippedSample[];
}

/**
 * Images in their order, with their labels.
 *
 * - A list of labels (`labels.csv`, or `override`) decides: its order, its files; images it does not name are skipped.
 * - Else sub-folders are classes: indices by `labels.txt`, or sorted order. The order takes one image of each class in
 *   turn, sorted within, so that any prefix of the data is balanced. Images beside the folders are skipped.
 * - Else images are unlabelled, sorted by path.
 *
 * Sorting is by UTF-16 code unit, the same everywhere. A folder that holds everything is no class.
 * @param files images and what lies beside them
 * @param override `--labels`: a .csv instead of labels.csv, or a .txt instead of labels.txt
 * @throws a sentence where labels cannot be read, or belong to none of the images
 */
export async function labelImages(
  images: DataFiles,
  others: DataFiles,
  override?: FileSource,
): Promise<LabelledImages> {
  const root = commonFolder([...images, ...others].map((file) => file.name));
  const sorted = [...images].sort((a, b) => (a.name < b.name ? -1 : 1));
  const beside = (name: string) => others.find((file) => file.name.slice(root).toLowerCase() === name);
  const overridesList = override !== undefined && extensionOf(override.name) !== "txt";
  const list = overridesList ? override : beside("labels.csv");
  const names = override && !overridesList ? override : beside("labels.txt");
  const text = names && new TextDecoder().decode(await names.bytes());

  if (list && !(names && names === override)) {
    const rows = parseCsv(new TextDecoder().decode(await list.bytes()));
    return fromList(sorted, root, rows, list.name, names && text ? { name: names.name, text } : undefined);
  }
  const pairs = names && text ? fileLabelPairs(text, sorted) : undefined;
  if (names && pairs) return fromList(sorted, root, pairs, names.name);
  return fromFolders(sorted, root, names && text !== undefined ? { name: names.name, text } : undefined);
}

/** Length of the folder prefix that all paths share. */
function commonFolder(paths: readonly string[]): number {
  let length = 0;
  for (;;) {
    const end = (paths[0] ?? "").indexOf("/", length) + 1;
    const prefix = (paths[0] ?? "").slice(0, end);
    if (end === 0 || !paths.every((path) => path.startsWith(prefix))) return length;
    length = end;
  }
}

function fromFolders(
  images: DataFiles,
  root: number,
  names?: { name: string; text: string },
): LabelledImages {
  const folders = new Map<string, FileSource[]>();
  for (const image of images) {
    const path = image.name.slice(root);
    const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
    const members = folders.get(folder);
    if (members) members.push(image);
    else folders.set(folder, [image]);
  }
  const loose = folders.get("") ?? [];
  folders.delete("");
  // One folder beside loose files is a way of storing them, not a class among others; unless labels.txt says so.
  if (folders.size === 0 || (folders.size === 1 && !names)) {
    return { images: images.map((source) => ({ source })), skipped: [] };
  }
  const classNames = [...folders.keys()].sort();
  const list: ClassList = names
    ? parseClassList(names.text, classNames, names.name)
    : { names: classNames, indices: new Map(classNames.map((name, index) => [name, index])) };
  const ordered: LabelledImage[] = [];
  for (let round = 0; ordered.length < images.length - loose.length; round++) {
    for (const name of classNames) {
      const source = folders.get(name)?.[round];
      if (source) ordered.push({ source, label: list.indices.get(name) as number });
    }
  }
  const skipped = loose.map(({ name }) => ({
    name,
    reason: "beside the class folders, expected inside one",
  }));
  return { images: ordered, classes: list.names, skipped };
}

const fileColumns = ["file", "filename", "image", "path", "name"];
const labelColumns = ["label", "class", "category", "target"];

function fromList(
  images: DataFiles,
  root: number,
  rows: readonly (readonly string[])[],
  listName: string,
  names?: { name: string; text: string },
): LabelledImages {
  const header = (rows[0] ?? []).map((cell) => cell.toLowerCase());
  const named = (columns: readonly string[]) => header.findIndex((cell) => columns.includes(cell));
  const [fileColumn, labelColumn] = [named(fileColumns), named(labelColumns)];
  const hasHeader = fileColumn >= 0 && labelColumn >= 0;
  const find = finder(images, root);
  const skipped: SkippedSample[] = [];
  const used = new Set<FileSource>();
  const found: { source: FileSource; cell: string }[] = [];
  for (const row of hasHeader ? rows.slice(1) : rows) {
    const file = row[hasHeader ? fileColumn : 0] ?? "";
    const source = find(file);
    if (!source) {
      skipped.push({ name: file, reason: `listed in ${listName}, not found among the images` });
      continue;
    }
    used.add(source);
    found.push({ source, cell: row[hasHeader ? labelColumn : 1] ?? "" });
  }
  if (found.length === 0) {
    throw new Error(
      `${listName}: names none of ${images.length} images (first: "${skipped[0]?.name ?? ""}"), expected columns file,label with names as "${baseName(images[0]?.name ?? "image.png")}"`,
    );
  }
  for (const { name } of images.filter((image) => !used.has(image))) {
    skipped.push({ name, reason: `not listed in ${listName}` });
  }
  return { ...indexLabels(found, listName, names), skipped };
}

/** Cells as class indices: whole numbers as they are, names by labels.txt or in sorted order. */
function indexLabels(
  found: readonly { source: FileSource; cell: string }[],
  listName: string,
  names?: { name: string; text: string },
): Omit<LabelledImages, "skipped"> {
  const empty = found.find(({ cell }) => cell === "");
  if (empty) throw new Error(`${listName}: no label for ${empty.source.name}, expected a class`);
  if (found.every(({ cell }) => /^-?\d+(\.0+)?$/.test(cell))) {
    const images = found.map(({ source, cell }) => ({ source, label: Number(cell) }));
    const wide = images.find(({ label }) => label < -1 || label >= 2 ** 31);
    if (wide)
      throw new Error(`${listName}: label ${wide.label} of ${wide.source.name}, expected 0 or more, or -1`);
    return names ? { images, classes: parseClassList(names.text, [], names.name).names } : { images };
  }
  const cells = [...new Set(found.map(({ cell }) => cell))].sort();
  const list = names ? parseClassList(names.text, cells, names.name) : undefined;
  const images = found.map(({ source, cell }) => ({
    source,
    label: list ? (list.indices.get(cell) as number) : cells.indexOf(cell),
  }));
  return { images, classes: list?.names ?? cells };
}

/** Finds an image by its path below the common folder, its whole path, or its file name where only one has it. */
function finder(images: DataFiles, root: number): (file: string) => FileSource | undefined {
  const byPath = new Map<string, FileSource>();
  const byBase = new Map<string, FileSource | undefined>();
  for (const image of images) {
    byPath.set(image.name, image);
    byPath.set(image.name.slice(root), image);
    const base = baseName(image.name);
    byBase.set(base, byBase.has(base) ? undefined : image);
  }
  return (file) => {
    const path = file.replaceAll("\\", "/").replace(/^\.\//, "");
    return byPath.get(path) ?? byBase.get(baseName(path));
  };
}

/** A text of `file label` lines about these images, as ImageNet's val.txt is; undefined for any other text. */
function fileLabelPairs(text: string, images: DataFiles): string[][] | undefined {
  const known = new Set(images.map((image) => baseName(image.name)));
  const rows = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => /^(.*\S)[\s,]+(\d+)$/.exec(line.trim())?.slice(1) ?? []);
  return rows.some(([file]) => file !== undefined && known.has(baseName(file))) ? rows : undefined;
}
