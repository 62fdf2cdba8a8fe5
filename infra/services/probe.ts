import { connect } from "amqplib";
import { Redis } from "ioredis";
import postgres from "postgres";
import { withDeadline } from "#lib/process/with-deadline.ts";
import type { ServiceName } from "./service.ts";

/** What each must at least be; lower ones lack something the project relies on. */
export const versionsMin = { postgres: "15", redis: "7", rabbitmq: "3.10" } as const;

const probeMs = 3000;

/** Opens a connection, has one real exchange, closes it. Resolves to the server's version. */
export function probe(name: ServiceName, url: string): Promise<string> {
  return { postgres: probePostgres, redis: probeRedis, rabbitmq: probeRabbit }[name](url);
}

export function isAtLeast(version: string, minimum: string): boolean {
  return Bun.semver.order(padVersion(version), padVersion(minimum)) >= 0;
}

/** "15.13 (Debian 15.13-0+deb12u1)" → "15.13.0" */
function padVersion(text: string): string {
  const numbers = /\d+(\.\d+)*/.exec(text)?.[0].split(".") ?? [];
  return [...numbers, "0", "0"].slice(0, 3).join(".");
}

async function probePostgres(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, connect_timeout: probeMs / 1000, onnotice: () => {} });
  try {
    const rows = await withDeadline(
      probeMs,
      sql`select current_setting('server_version') as version`,
    );
    return String(rows[0]?.version).split(" ")[0] ?? "";
  } finally {
    await sql.end({ timeout: 0 });
  }
}

async function probeRedis(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: probeMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: Error | undefined;
  redis.on("error", (error: Error) => {
    reason = error;
  });
  try {
    await withDeadline(probeMs, redis.connect());
    const info = await withDeadline(probeMs, redis.info("server"));
    return /redis_version:(\S+)/.exec(info)?.[1] ?? "";
  } catch (error) {
    // ioredis itself only says "Connection is closed."; the reason came as an event.
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

async function probeRabbit(url: string): Promise<string> {
  const opening = connect(url, { timeout: probeMs });
  const connection = await withDeadline(probeMs, opening).catch((error: unknown) => {
    opening.then((late) => late.close()).catch(() => {});
    throw error;
  });
  connection.on("error", () => {});
  try {
    const { version } = connection.connection.serverProperties;
    return version;
  } finally {
    await withDeadline(probeMs, connection.close()).catch(() => {});
  }
}
