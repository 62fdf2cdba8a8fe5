import type { Place } from "#lib/contract/places/place.ts";
import { mapRow, missingColumns, type PlaceMapping, type Row } from "./place-mapping.ts";

/** A row of a file, or what made it unreadable. */
export type FileRow = { readonly line: number } & (
  | { readonly row: Row }
  | { readonly reason: string }
);

/** A transaction over the places of one source; nothing of it is seen before it is committed. */
export interface PlaceImport {
  /** Keys that have not come before in this import. */
  claim(keys: readonly string[]): Promise<ReadonlySet<string>>;
  write(places: readonly Place[]): Promise<{ readonly added: number; readonly changed: number }>;
  /** Removes what was never claimed, and says how many there were before the import. */
  removeOthers(): Promise<{ readonly removed: number; readonly before: number }>;
}

export interface ImportReport {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly refused: number;
}

interface Reporter {
  refused(line: number, reason: string): void;
  progress(rows: number): void;
  note(text: string): void;
}

interface Options {
  readonly mapping: PlaceMapping;
  /** The operator has said that most may go. */
  readonly isSure: boolean;
}

const batchRows = 1_000;
/** Fewer places than this may all go: somebody tries the import out. */
const fewPlaces = 20;

/** The whole import is called off; nothing has changed. */
export class ImportRefused extends Error {}

/**
 * Makes the places of a source those of a file, whatever was there: new ones come, changed ones change, those the file
 * no longer has go. A row that cannot be read is left out, and the place it stands for stays as it was.
 *
 * @throws ImportRefused before anything is lost by a file that is not what it seems
 */
export async function importPlaces(
  store: PlaceImport,
  rows: AsyncIterable<FileRow>,
  { mapping, isSure }: Options,
  report: Reporter,
): Promise<ImportReport> {
  const sum = { rows: 0, added: 0, changed: 0, refused: 0 };
  const refuse = (line: number, reason: string) => {
    sum.refused++;
    report.refused(line, reason);
  };
  for await (const batch of batches(rows)) {
    if (sum.rows === 0) checkColumns(mapping, batch, report.note);
    sum.rows += batch.length;
    const places = await readBatch(store, mapping, batch, refuse);
    const { added, changed } = await store.write(places);
    sum.added += added;
    sum.changed += changed;
    report.progress(sum.rows);
  }
  if (sum.rows === 0) throw new ImportRefused("the file has no rows");
  if (sum.refused === sum.rows) throw new ImportRefused("no row could be read");
  const { removed, before } = await store.removeOthers();
  const isMost = removed > before / 2 && before >= fewPlaces;
  if (isMost && !isSure) {
    throw new ImportRefused(`${removed} of ${before} places would go: with --yes they do`);
  }
  const unchanged = sum.rows - sum.refused - sum.added - sum.changed;
  return { ...sum, unchanged, removed };
}

async function readBatch(
  store: PlaceImport,
  mapping: PlaceMapping,
  batch: readonly FileRow[],
  refuse: (line: number, reason: string) => void,
): Promise<Place[]> {
  const read = batch.map((one) => ({
    line: one.line,
    ...("row" in one ? mapRow(mapping, one.row) : { key: undefined, reason: one.reason }),
  }));
  const keys = read.flatMap((one) => ("place" in one ? one.place.source_pk : (one.key ?? [])));
  const fresh = new Set(await store.claim([...new Set(keys)]));
  const places: Place[] = [];
  for (const one of read) {
    if (!("place" in one)) refuse(one.line, one.reason);
    else if (fresh.delete(one.place.source_pk)) places.push(one.place);
    else refuse(one.line, `source_pk ${one.place.source_pk} has come before`);
  }
  return places;
}

function checkColumns(
  mapping: PlaceMapping,
  batch: readonly FileRow[],
  note: (text: string) => void,
): void {
  // A JSON row leaves out what it has not; together they have every column.
  const columns = new Set(batch.flatMap((one) => ("row" in one ? Object.keys(one.row) : [])));
  if (columns.size === 0) return;
  for (const [field, names] of missingColumns(mapping, [...columns])) {
    const text = `no column for ${field}: ${names}`;
    if (REQUIRED.has(field)) throw new ImportRefused(text);
    note(text);
  }
}

const REQUIRED: ReadonlySet<string> = new Set(["source_pk", "name", "latitude", "longitude"]);

async function* batches(rows: AsyncIterable<FileRow>): AsyncGenerator<FileRow[]> {
  let batch: FileRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
