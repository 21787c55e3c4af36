import { seededRandom } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { type AnsweredLabel, agreementNow, suggestions } from "./suggest.ts";

/** Labels 0…k−1 (or from `first`) whose samples are answered by `truth`, except one in five at random. */
function answered(
  k: number,
  truth: (label: number) => number,
  { first = 0, each = 20, output = (x: number) => x } = {},
) {
  const random = seededRandom(5);
  return Array.from({ length: k }, (_, i): AnsweredLabel => {
    const index = first + i;
    const answers = Array.from({ length: each }, () =>
      random() < 0.2 ? Math.floor(random() * k) : truth(index),
    );
    return { label: String(index), index, output: output(index), answers };
  });
}

test("labels that fit bring no suggestion", () => {
  const labels = answered(10, (label) => label);
  expect(agreementNow(labels)?.value).toBeGreaterThan(0.75);
  expect(suggestions(labels, 10, null)).toEqual([]);
});

test("classes counted from one: shifted, even where the last is none of the network's", () => {
  const labels = answered(10, (label) => label - 1, { first: 1, output: (x) => (x < 10 ? x : -1) });
  const [found, ...others] = suggestions(labels, 10, null);
  expect(found).toMatchObject({ kind: "shift", shift: -1 });
  expect(found?.to).toMatchObject({ "1": 0, "10": 9 });
  expect(found?.agreement.value).toBeGreaterThan(0.75);
  // What the answers themselves would give is no better, and so not offered.
  expect(others).toEqual([]);
});

test("permuted: by the answers, whose agreement is counted on samples that they were not made from", () => {
  const labels = answered(10, (label) => (label * 7 + 3) % 10);
  const [found] = suggestions(labels, 10, null);
  expect(found?.kind).toBe("answers");
  for (let label = 0; label < 10; label++) expect(found?.to[label]).toBe((label * 7 + 3) % 10);
});

test("answers at random are no permutation, though each label has a most frequent one", () => {
  const random = seededRandom(11);
  const labels = Array.from({ length: 100 }, (_, index): AnsweredLabel => {
    const answers = Array.from({ length: 4 }, () => Math.floor(random() * 100));
    return { label: String(index), index, output: index, answers };
  });
  expect(suggestions(labels, 100, null)).toEqual([]);
});

test("a network that answers one class to nearly everything is no permutation", () => {
  expect(
    suggestions(
      answered(10, () => 4),
      10,
      null,
    ),
  ).toEqual([]);
});

test("names alike, whatever their case and their order", () => {
  const labels = ["dog", "Sea Lion"].map(
    (label, index): AnsweredLabel => ({
      label,
      index,
      output: index,
      answers: Array(20).fill(index === 0 ? 2 : 1),
    }),
  );
  const [found] = suggestions(labels, 3, ["cat", "sea_lion, Otaria", "Dog"]);
  expect(found).toMatchObject({ kind: "names", to: { dog: 2, "Sea Lion": 1 } });
  expect(found?.agreement.value).toBe(1);
});
