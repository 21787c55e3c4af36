// A vocabulary: what each token id stands for, to show text instead of numbers. Not a tokenizer: nothing is encoded.

import { baseName, type FileSource } from "./files/source.ts";

/**
 * Words by token id from the files that tokenizers are kept in: one word a line (vocab.txt), a JSON array, a JSON object of
 * ids by word (vocab.json), or tokenizer.json of Hugging Face (`model.vocab`, either form).
 * @returns "" for an id without a word
 * @throws a sentence where the file is none of these
 */
export async function readWords(source: FileSource): Promise<string[]> {
  const text = new TextDecoder().decode(await source.bytes());
  const name = baseName(source.name);
  if (!/\.json$/i.test(name)) {
    const words = text.replace(/^\ufeff/, "").split(/\r?\n/);
    while (words.at(-1) === "") words.pop();
    return words;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${name}: not JSON, expected a vocabulary`);
  }
  const words = wordsOf(json);
  if (!words || words.length === 0) {
    throw new Error(`${name}: no vocabulary, expected words by id (vocab.txt, vocab.json or tokenizer.json)`);
  }
  return words;
}

function wordsOf(json: unknown): string[] | undefined {
  if (Array.isArray(json)) {
    // Unigram models list each word with its score.
    const words = json.map((each: unknown) => (Array.isArray(each) ? each[0] : each));
    return words.every((word) => typeof word === "string") ? words : undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const inner = (json as { model?: { vocab?: unknown } }).model?.vocab;
  if (inner !== undefined) return wordsOf(inner);
  const words: string[] = [];
  for (const [word, id] of Object.entries(json)) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > 10_000_000) return undefined;
    words[id] = word;
  }
  return Array.from(words, (word) => word ?? "");
}

/** Tokens as readable text: ▁ and Ġ are spaces, ## continues a word, an unknown id is its number. */
export function textOf(ids: readonly number[], words: readonly string[]): string {
  let text = "";
  for (const id of ids) {
    const word = words[id] || `⟨${id}⟩`;
    if (word.startsWith("##")) text += word.slice(2);
    else if (/^[▁Ġ]/.test(word)) text += ` ${word.slice(1)}`;
    else text += usesMarks(words) || text === "" ? word : ` ${word}`;
  }
  return text.replaceAll("▁", " ").replaceAll("Ġ", " ").replaceAll("Ċ", "\n").trim();
}

const marked = new WeakMap<readonly string[], boolean>();

/** Whether spaces are written into the words themselves, as SentencePiece and byte-level BPE do. */
function usesMarks(words: readonly string[]): boolean {
  const known = marked.get(words);
  if (known !== undefined) return known;
  const found = words.some((word) => /^[▁Ġ]/.test(word));
  marked.set(words, found);
  return found;
}
