import { parse } from "csv-parse";
import type { FileRow } from "../import-places.ts";
import { nameOf } from "../place-mapping.ts";

/** A JSON document is read as a whole; a table row by row, however long it is. */
const jsonBytesMax = 256 * 1024 * 1024;
const rowBytesMax = 1024 * 1024;

/**
 * The rows of a file as the public data portals offer them: CSV in UTF-8, with or without a byte order mark, or in
 * CP949, and JSON.
 *
 * @param path of the rows in a JSON document, names joined by dots
 * @throws Error where the file is neither
 */
export async function* readPlaceFile(file: string, path: string): AsyncGenerator<FileRow> {
  if (!(await Bun.file(file).exists())) throw new Error(`${file}: no such file`);
  const encoding = (await isUtf8(file)) ? "utf-8" : "euc-kr";
  const head = (await Bun.file(file).slice(0, 1_000).text()).replace(/^\ufeff/, "").trimStart();
  if (/^[[{]/.test(head)) yield* readJson(file, encoding, path);
  else yield* readCsv(file, encoding);
}

/** Korean text in CP949 is no UTF-8: nothing else tells them apart. */
async function isUtf8(file: string): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of Bun.file(file).stream()) decoder.decode(bytes, { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

type Encoding = "utf-8" | "euc-kr";

async function* textOf(file: string, encoding: Encoding): AsyncGenerator<string> {
  // As the standard has it, `euc-kr` is CP949 with all its syllables.
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of Bun.file(file).stream())
      yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    throw new Error(`${file}: neither UTF-8 nor CP949`, { cause });
  }
}

async function* readCsv(file: string, encoding: Encoding): AsyncGenerator<FileRow> {
  const unreadable: FileRow[] = [];
  const parser = parse({
    bom: true,
    columns: (header: string[]) => header.map(nameOf),
    info: true,
    max_record_size: rowBytesMax,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      unreadable.push({
        line: lineOf(error),
        reason: error?.message.split("\n")[0] ?? "unreadable",
      });
      return undefined;
    },
  });
  const feeding = feed(parser, textOf(file, encoding));
  for await (const { record, info } of parser) {
    yield* unreadable.splice(0);
    yield { line: info.lines, row: record };
  }
  await feeding;
  yield* unreadable.splice(0);
}

/** Waits while the rows are not taken: no more of the file is in memory than one piece. */
async function feed(parser: ReturnType<typeof parse>, text: AsyncIterable<string>): Promise<void> {
  try {
    for await (const piece of text) {
      if (parser.write(piece)) continue;
      await new Promise((resolve) => parser.once("drain", resolve));
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function lineOf(error: unknown): number {
  return typeof error === "object" && error !== null && "lines" in error ? Number(error.lines) : 0;
}

async function* readJson(file: string, encoding: Encoding, path: string): AsyncGenerator<FileRow> {
  if (Bun.file(file).size > jsonBytesMax) {
    throw new Error(`${file}: a JSON document of more than 256 MB; take the table (CSV)`);
  }
  let text = "";
  for await (const piece of textOf(file, encoding)) text += piece;
  const rows = rowsAt(parseJson(file, text), path);
  if (!rows) throw new Error(`${file}: no rows at '${path}'`);
  for (const [i, row] of rows.entries()) {
    const line = i + 1;
    if (isRecord(row)) yield { line, row: withNames(row) };
    else yield { line, reason: "is no object" };
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new Error(`${file}: begins as JSON, and is none`, { cause });
  }
}

function rowsAt(document: unknown, path: string): unknown[] | undefined {
  const found = path
    .split(".")
    .filter((name) => name !== "")
    .reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), document);
  return Array.isArray(found) ? found : undefined;
}

function withNames(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [nameOf(name), cell]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
