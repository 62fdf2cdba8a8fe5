import postgres from "postgres";
import type { ServiceUrls } from "#lib/testing/services.ts";

/** One connection, for what a test or a suite itself asks. */
export function openPostgres({
  DATABASE_URL,
}: Pick<ServiceUrls, "DATABASE_URL">): postgres.Sql & AsyncDisposable {
  const sql = postgres(DATABASE_URL, { max: 1, onnotice: () => undefined });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end({ timeout: 2 }) });
}
