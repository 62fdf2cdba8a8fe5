import { Database, SQLiteError } from "bun:sqlite";
import { join } from "node:path";
import type { Log } from "./service.ts";

const waitMax = 300_000;
const pollMs = 100;
const noticeMs = 1000;

/**
 * One bring-up at a time in a project. The lock is SQLite's own file lock and not a pid file: the
 * kernel frees it when the holder ends, however it ends. Nothing is ever written to the file.
 */
export async function withLock<T>(folder: string, log: Log, run: () => Promise<T>): Promise<T> {
  const database = new Database(join(folder, "lock"), { create: true });
  try {
    await acquire(database, log);
    return await run();
  } finally {
    database.close();
  }
}

async function acquire(database: Database, log: Log): Promise<void> {
  const start = performance.now();
  let noticed = false;
  while (!tryAcquire(database)) {
    const waited = performance.now() - start;
    if (waited > waitMax) throw new Error("another bring-up of this project does not end");
    if (!noticed && waited > noticeMs) {
      log("waiting for another bring-up of this project to finish");
      noticed = true;
    }
    await Bun.sleep(pollMs);
  }
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
