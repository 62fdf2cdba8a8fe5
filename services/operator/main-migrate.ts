import { runCommand } from "#lib/cli/run-command.ts";
import { migrate as migrateDatabase } from "#lib/db/migrate.ts";
import { createLogger } from "#lib/log/logger.ts";
import { MigrateConfig } from "./config.ts";
import { type Environment, readConfig } from "./main-environment.ts";

const migrateCommand = {
  name: "migrate",
  usage: `usage: migrate
  Brings the database at DATABASE_URL to the newest schema and seeds the character catalogue.`,
  options: {},
} as const;

/** One-shot: migrates, seeds the catalogue, exits 0; exits 1 naming what is wrong. */
export function migrate(args: readonly string[], environment: Environment): Promise<void> {
  return runCommand(
    migrateCommand,
    async () => {
      const { DATABASE_URL } = await readConfig(MigrateConfig, environment);
      const unknown = await migrateDatabase(DATABASE_URL);
      const log = createLogger("migrate");
      if (unknown === 0) log.info("database is up to date");
      else log.warn("the database is newer than this code, and was left as it is", { unknown });
      return 0;
    },
    args,
  );
}
