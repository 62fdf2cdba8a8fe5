import * as v from "valibot";
import { runCommand } from "#lib/cli/run-command.ts";
import { loadConfig } from "#lib/config/load-config.ts";
import { settings } from "#lib/config/settings.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createLogger } from "#lib/log/logger.ts";

/** One-shot: migrates, seeds the catalogue, exits 0; exits 1 naming what is wrong. */
const command = {
  name: "migrate",
  usage: `usage: bun run migrate
  Brings the database at DATABASE_URL to the newest schema and seeds the character catalogue.`,
  options: {},
} as const;

await runCommand(command, async () => {
  const { DATABASE_URL } = loadConfig(v.object({ DATABASE_URL: settings.DATABASE_URL }));
  await migrate(DATABASE_URL);
  createLogger("migrate").info("database is up to date");
  return 0;
});
