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
      await migrateDatabase(DATABASE_URL);
      createLogger("migrate").info("database is up to date");
      return 0;
    },
    args,
  );
}
