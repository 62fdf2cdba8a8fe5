import { Database, SQLiteError } from "bun:sqlite";
import { join } from "node:path";
import type { Log } from "./service.ts";

const waitMax = 300_000;
const pollMs = 100;
const noticeMs = 1000;

/**
 * One run at a time in a folder, until what this returns is disposed of. The lock is SQLite's own file lock and
 * not a pid file: the kernel frees it when the holder ends, however it ends. Nothing is ever written to the file.
 */
export async function acquireLock(
  folder: string,
  log: Log,
  signal?: AbortSignal,
): Promise<Disposable> {
  const database = new Database(join(folder, "lock"), { create: true });
  const start = performance.now();
  let noticed = false;
  while (!tryAcquire(database)) {
    if (signal?.aborted) database.close();
    signal?.throwIfAborted();
    const waited = performance.now() - start;
    if (waited > waitMax) throw new Error("another run of this project does not end");
    if (!noticed && waited > noticeMs) {
      log("waiting for another run of this project to finish");
      noticed = true;
    }
    await Bun.sleep(pollMs);
  }
  return database;
}

function tryAcquire(database: Database): boolean {
  try {
    database.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") return false;
    throw error;
  }
}
