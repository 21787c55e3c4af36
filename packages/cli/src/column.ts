// A column as the command line names it.

import { type Column, formatFacts } from "@bitscape/engine";
import { Usage } from "./usage.ts";

/** A width of integers, or the name of another format. */
export function columnOf(text: string, flag: string): Column {
  const width = Number(text);
  if (Number.isInteger(width) && width >= 1 && width <= 8) return width;
  try {
    if (!Number.isNaN(width)) throw new Error();
    const { name, family, bits } = formatFacts(text);
    // An integer's name says whether it has a sign, which is the scheme's to say.
    return family === "int" ? bits : name;
  } catch {
    throw new Usage(`--${flag}: ${text}, expected widths from 1 to 8, or names of formats such as nf4`);
  }
}
