/**
 * Rows of a tab-separated table by the names in its first line: a file people mend in a spreadsheet.
 * A row with another number of cells is an error that names its line.
 */
export function readTsv(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const columns = head.split("\t");
  return lines.map((line, i) => {
    const cells = line.split("\t");
    if (cells.length !== columns.length) {
      throw new Error(`line ${i + 2}: ${cells.length} cells instead of ${columns.length}: ${line}`);
    }
    return Object.fromEntries(columns.map((column, j) => [column, (cells[j] ?? "").trim()]));
  });
}

/** The parts of a cell that holds several, separated by commas. */
export function listOf(cell: string): string[] {
  return cell
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
