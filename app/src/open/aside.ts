// Files that belong to data which are open already: their labels, the names of the network's outputs, the words of tokens.
// Told by name and by their first lines; anything else is data or a model of its own (dropped.ts).

export type Aside = "labels" | "outputs" | "words";

const FILE_COLUMNS =
  /^\s*"?(file|filename|image|path|name)"?\s*[,;\t]\s*"?(label|class|category|target)"?\s*$/im;

/**
 * What a file is to data that are open; null where it is nothing of theirs.
 * @param head its first few lines
 */
export function asideOf(name: string, head: string): Aside | null {
  const base = (name.split("/").at(-1) as string).toLowerCase();
  if (!/\.(csv|tsv|txt|json)$/.test(base)) return null;
  if (/bitscape\/recipe/.test(head)) return null;
  if (/vocab|tokenizer|tokens/.test(base)) return "words";
  const [first = ""] = head.split(/\r?\n/);
  if (/\.(csv|tsv)$/.test(base)) return FILE_COLUMNS.test(first) || /^labels?\./.test(base) ? "labels" : null;
  if (/class|names|synset|categories|imagenet/.test(base)) return "outputs";
  return /^labels?\b.*\.txt$/.test(base) ? "labels" : null;
}
