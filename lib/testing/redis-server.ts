import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

/** A Redis server of a test's own, on loopback, without a disk: what it must not do to one it shares. */
export interface RedisServer {
  readonly hostname: string;
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** A connection to the server itself. */
  readonly admin: Redis;
  stop(): Promise<void>;
}

/** Where no `redis-server` is installed, these tests are skipped. */
export const hasRedisServer = Bun.which("redis-server") !== null;

/** @param password also what it shows to its primary, should it become a replica */
export async function startRedisServer(password = "test"): Promise<RedisServer> {
  const [hostname, port] = ["127.0.0.1", freePort()] as const;
  const folder = mkdtempSync(join(tmpdir(), "eco2-redis-"));
  const options = { port, bind: hostname, dir: folder, save: "", appendonly: "no" };
  // By default a primary waits for more replicas before it sends its data to the first one.
  const atOnce = { "repl-diskless-sync-delay": 0 };
  const secrets = { requirepass: password, masterauth: password };
  const child = Bun.spawn(["redis-server", ...flags({ ...options, ...atOnce, ...secrets })], {
    stdout: "ignore",
  });
  const url = `redis://:${password}@${hostname}:${port}/0`;
  const admin = new Redis(url, { retryStrategy: () => 50 });
  // It refuses connections until it has started.
  admin.on("error", () => undefined);
  const isOurs = async () =>
    (await admin.info("server")).includes(`\r\nprocess_id:${child.pid}\r\n`);
  await until(async () => child.exitCode !== null || (await isOurs()));
  if (child.exitCode !== null) {
    // Its port was another server's, which has answered in its place: two that start at once may be given one port.
    admin.disconnect();
    rmSync(folder, { recursive: true });
    return startRedisServer(password);
  }
  return {
    hostname,
    port,
    url,
    pid: child.pid,
    admin,
    stop: async () => {
      admin.disconnect();
      child.kill();
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function flags(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
