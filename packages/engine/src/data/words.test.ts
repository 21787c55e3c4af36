import { expect, test } from "vitest";
import { bytesSource } from "./files/source.ts";
import { readWords, textOf } from "./words.ts";

const file = (name: string, text: string) => bytesSource(name, new TextEncoder().encode(text));

test("vocabularies in the forms that tokenizers keep them", async () => {
  expect(await readWords(file("vocab.txt", "[PAD]\nthe\n##s\n"))).toEqual(["[PAD]", "the", "##s"]);
  expect(await readWords(file("vocab.json", '{"b": 1, "a": 0, "d": 3}'))).toEqual(["a", "b", "", "d"]);
  const bpe = { model: { vocab: { x: 0, y: 1 } } };
  expect(await readWords(file("tokenizer.json", JSON.stringify(bpe)))).toEqual(["x", "y"]);
  const unigram = {
    model: {
      vocab: [
        ["x", -1.5],
        ["y", -2],
      ],
    },
  };
  expect(await readWords(file("tokenizer.json", JSON.stringify(unigram)))).toEqual(["x", "y"]);
  await expect(readWords(file("a.json", '{"a": "b"}'))).rejects.toThrow("a.json: no vocabulary");
  await expect(readWords(file("a.json", "{"))).rejects.toThrow("a.json: not JSON");
});

test("tokens read as text, by the mark that their vocabulary has for spaces", () => {
  expect(textOf([0, 1, 2, 9], ["play", "the", "##ing"])).toBe("play theing ⟨9⟩");
  expect(textOf([0, 1, 2], ["▁Once", "▁up", "on"])).toBe("Once upon");
  expect(textOf([0, 1], ["Hello", "Ġworld"])).toBe("Hello world");
});
