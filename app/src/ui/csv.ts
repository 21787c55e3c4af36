// Rows as comma-separated values. Source: RFC 4180.

/** What is not known is an empty field. */
export type Entry = string | number | null | undefined;

export const csv = (rows: readonly (readonly Entry[])[]) =>
  `${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;

function field(entry: Entry): string {
  if (entry === null || entry === undefined || Number.isNaN(entry)) return "";
  const text = String(entry);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
