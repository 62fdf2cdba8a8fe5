import * as v from "valibot";
import { loadConfig } from "#lib/config/load-config.ts";
import { settings } from "#lib/config/settings.ts";
import { createLogger } from "#lib/log/logger.ts";

const { DATABASE_URL, REDIS_URL, AMQP_URL } = settings;

/** The real services live tests run against; `bun run test` starts them and names them here. */
export const serviceUrls = loadConfig(v.object({ DATABASE_URL, REDIS_URL, AMQP_URL }));
export type ServiceUrls = typeof serviceUrls;

/** Tests assert on what happens, not on what is logged. */
export const silentLog = createLogger("test", "error", () => undefined);
