// Comma-separated text to rows of cells (RFC 4180, quotes included; tabs, semicolons and bars where the first line has
// no comma). Cells stay text.

const separators = [",", "\t", ";", "|"];

export interface CsvTable {
  readonly rows: string[][];
  /** What stands between cells. */
  readonly separator: string;
}

/** Rows of a CSV file without its blank lines; a byte-order mark is dropped. */
export const parseCsv = (text: string): string[][] => parseCsvTable(text).rows;

/** The same, and what separates the cells. */
export function parseCsvTable(text: string): CsvTable {
  const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const first = source.split("\n", 1)[0] ?? "";
  const separator = separators.find((each) => first.includes(each)) ?? ",";
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    row.push(cell.trim());
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let i = 0; i < source.length; i++) {
    const char = source[i] as string;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (char === '"' && cell.trim() === "") {
      cell = "";
      quoted = true;
    } else if (char === separator) endCell();
    else if (char === "\n") endRow();
    else cell += char;
  }
  endRow();
  return { rows, separator };
}
