import { expect, it } from "vitest";
import { type TermName, terms } from "../ui/terms.ts";
import { termTitle } from "./termTitles.ts";

it("heads every word with words, not with the name that it has in the code", () => {
  for (const term of Object.keys(terms) as TermName[]) expect(termTitle(term)).not.toMatch(/[a-z][A-Z]/);
});
