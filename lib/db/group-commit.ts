import { Histogram } from "prom-client";
import { Fault } from "#lib/error/fault.ts";

const batchRows = new Histogram({
  name: "eco2_batch_rows",
  help: "Rows written by one statement, by what they are",
  labelNames: ["rows"],
  buckets: [1, 2, 5, 10, 20, 50],
});

/**
 * Group commit: callers wait for their row, rows that arrive while a batch is being written form the
 * next one. An idle writer flushes at once, a busy one fills its batches; so a row never waits longer
 * than one write. Memory is bounded by the callers: each holds one message unacked.
 *
 * When a whole batch is refused for what a row holds, its rows are written one by one, so that one bad
 * row cannot take its neighbours with it.
 *
 * @param rows what the rows are, for `eco2_batch_rows`
 */
export function createGroupCommit<Row, Outcome>(
  rows: string,
  write: Write<Row, Outcome>,
  { rowsMax = 50 } = {},
): (row: Row) => Promise<Outcome> {
  let waiting: Waiting<Row, Outcome>[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, rowsMax);
      waiting = waiting.slice(rowsMax);
      batchRows.observe({ rows }, batch.length);
      await writeBatch(write, batch);
    }
    writing = false;
  }

  return function commit(row) {
    return new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      // The microtask lets messages of one network read share the first batch.
      if (!writing) {
        writing = true;
        queueMicrotask(() => void drain());
      }
    });
  };
}

/** Commits the rows together; resolves to a function from each row to its outcome. */
type Write<Row, Outcome> = (rows: readonly Row[]) => Promise<(row: Row) => Outcome>;

interface Waiting<Row, Outcome> {
  readonly row: Row;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

async function writeBatch<Row, Outcome>(
  write: Write<Row, Outcome>,
  batch: readonly Waiting<Row, Outcome>[],
): Promise<void> {
  try {
    const outcomeOf = await write(batch.map(({ row }) => row));
    for (const { row, resolve } of batch) resolve(outcomeOf(row));
  } catch (error) {
    const isRowsFault = !(error instanceof Fault) && batch.length > 1;
    if (isRowsFault) for (const one of batch) await writeBatch(write, [one]);
    else for (const { reject } of batch) reject(error);
  }
}
