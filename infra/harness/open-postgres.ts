import postgres from "postgres";
import type { ServiceUrls } from "../services/service.ts";

/** One connection, for what a suite itself asks. */
export function openPostgres({ DATABASE_URL }: ServiceUrls): postgres.Sql & AsyncDisposable {
  const sql = postgres(DATABASE_URL, { max: 1, onnotice: () => undefined });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end({ timeout: 2 }) });
}
