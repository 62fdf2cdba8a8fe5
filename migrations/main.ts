import * as v from "valibot";
import { loadConfig } from "#lib/config/load-config.ts";
import { settings } from "#lib/config/settings.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createLogger } from "#lib/log/logger.ts";

/** One-shot: migrates, seeds the catalogue, exits 0; exits 1 naming what is wrong. */
const log = createLogger("migrate");
try {
  const { DATABASE_URL } = loadConfig(v.object({ DATABASE_URL: settings.DATABASE_URL }));
  await migrate(DATABASE_URL);
  log.info("database is up to date");
} catch (error) {
  process.stderr.write(`migrate: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
