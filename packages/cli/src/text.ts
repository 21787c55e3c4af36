// Numbers and tables for a terminal.

export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

/** Columns padded to the widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const isNumber = head.map((_, column) =>
    rows.every((row) => typeof row[column] === "number" || /^[\d.,±–-]/.test(String(row[column] ?? ""))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
