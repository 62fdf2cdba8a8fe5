import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

/** A PgBouncer of a test's own in front of one database, in transaction mode and otherwise as packaged. */
export interface PgBouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where it is not installed, these tests are skipped. */
export const hasPgBouncer = Bun.which("pgbouncer") !== null;

/** @param settings further lines of its section `[pgbouncer]` */
export async function startPgBouncer(
  databaseUrl: string,
  settings: readonly string[] = [],
): Promise<PgBouncer> {
  const { username, password, hostname, port, pathname } = new URL(databaseUrl);
  const database = pathname.slice(1);
  const folder = mkdtempSync(join(tmpdir(), "eco2-pgbouncer-"));
  const listenPort = freePort();
  const users = join(folder, "users");
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(
    file,
    [
      "[databases]",
      `${database} = host=${hostname} port=${port || 5432} dbname=${database}`,
      "[pgbouncer]",
      "listen_addr=127.0.0.1",
      `listen_port=${listenPort}`,
      "auth_type=plain",
      `auth_file=${users}`,
      "pool_mode=transaction",
      "unix_socket_dir=",
      ...settings,
    ].join("\n"),
  );
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [folder, users, file]) chownSync(path, nobody, nobody);
  chmodSync(folder, 0o755);
  const child = Bun.spawn(["pgbouncer", "-q", ...(isRoot ? ["-u", "nobody"] : []), file], {
    stdout: "ignore",
    stderr: "ignore",
  });
  await until(async () => {
    (await Bun.connect({ hostname: "127.0.0.1", port: listenPort, socket: { data() {} } })).end();
    return true;
  });
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: "127.0.0.1", port: String(listenPort) })
      .href,
    stop: async () => {
      child.kill();
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const nobody = 65_534;
