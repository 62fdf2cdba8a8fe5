import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { type Binaries, findBinaries } from "./binary.ts";
import { runAs, spawnDaemon, writeAs } from "./daemon.ts";
import type { PrivateService } from "./private-service.ts";
import { probe, versionsMin } from "./probe.ts";
import { endProcesses } from "./process-table.ts";
import type { State } from "./state.ts";
import { PARTS } from "./url.ts";

const DATABASES = ["eco2", ...Object.values(PARTS).map(({ postgres }) => postgres)];
const ADMIN = "postgres";
const initdbEndMs = 2000;

/** PostgreSQL: role `eco2`, no superuser, owns the database `eco2` and that of each part. */
export const postgresService: PrivateService = {
  name: "postgres",
  ports: ["postgres"],
  stopSignal: "SIGINT",
  binaries,
  url: (state) => urlOf(state, "eco2", state.secrets.postgres, "eco2"),
  marker: (state) => `-D ${dataFolder(state)}`,
  // What a killed server leaves: its children keep the data locked until they notice.
  companions: (state) => [`postgres: ${clusterName(state)}: `],
  start,
  settle,
};

/** A server only opens data of its own major version, so existing data decides which is used. */
function binaries(state: State): Binaries {
  const wanted = dataVersion(state);
  const versions = findBinaries("postgres")
    .filter((path) => existsSync(join(dirname(path), "initdb")))
    .map((path) => ({ path, major: majorOf(path) }))
    .filter(({ major }) => major >= Number(versionsMin.postgres))
    .sort((a, b) => b.major - a.major);
  if (versions.length === 0) return { postgres: undefined };
  const chosen = wanted === undefined ? versions[0] : versions.find((v) => v.major === wanted);
  if (!chosen) {
    throw new Error(
      `the data in ${dataFolder(state)} is of PostgreSQL ${wanted}, which is not installed; ` +
        "install it, or drop the data with: bun run services down --purge",
    );
  }
  return { postgres: chosen.path };
}

async function start(state: State, { postgres = "" }: Binaries) {
  const data = dataFolder(state);
  if (dataVersion(state) === undefined) await initialise(state, dirname(postgres));
  // Our own server is known not to run: a pid file left over could only name another's process.
  await runAs(state, ["rm", "-f", join(data, "postmaster.pid")], { cwd: state.home });
  await writeAs(state, join(data, "postgresql.conf"), configuration(state));
  await writeAs(state, join(data, "pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
  return spawnDaemon(state, [postgres, "-D", data], { name: "postgres" });
}

/** Into a folder of its own, renamed when complete: an interrupted initdb is simply done again. */
async function initialise(state: State, folder: string): Promise<void> {
  const data = dataFolder(state);
  const draft = `${data}.${randomBytes(4).toString("hex")}`;
  const passwordFile = join(state.home, "postgres", "password");
  const inHome = { cwd: state.home };
  // An initdb whose bring-up was killed carries on alone, in a draft of another name.
  await endProcesses([`--pgdata=${data}.`], "SIGKILL", initdbEndMs);
  // The backend that a killed initdb had started writes until it finds its input ended.
  const removal = 'for i in 1 2 3 4 5; do rm -rf "$0".* "$0" && exit; sleep 0.2; done; exit 1';
  await runAs(state, ["sh", "-c", removal, data], inHome);
  await writeAs(state, passwordFile, state.secrets.admin);
  await runAs(
    state,
    [
      join(folder, "initdb"),
      `--pgdata=${draft}`,
      `--username=${ADMIN}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ],
    inHome,
  );
  await runAs(state, ["rm", "-f", passwordFile], inHome);
  await runAs(state, ["mv", draft, data], inHome);
}

async function settle(state: State): Promise<void> {
  const url = urlOf(state, ADMIN, state.secrets.admin, ADMIN);
  await probe("postgres", url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    // The secret is hexadecimal: statements that define accounts take no parameters.
    const password = state.secrets.postgres;
    const roles = await sql`select 1 from pg_roles where rolname = 'eco2'`;
    await sql.unsafe(
      `${roles.length > 0 ? "alter" : "create"} role eco2 with login nosuperuser nocreatedb ` +
        `nocreaterole password '${password}'`,
    );
    const present = await sql`select datname from pg_database`;
    for (const name of DATABASES) {
      if (present.some((row) => row.datname === name)) continue;
      await sql.unsafe(`create database ${name} owner eco2`);
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function configuration(state: State): string {
  return [
    "listen_addresses = '127.0.0.1'",
    `port = ${state.ports.postgres}`,
    // A socket's path may not exceed 107 bytes, and a project's path easily does.
    "unix_socket_directories = ''",
    "password_encryption = 'scram-sha-256'",
    "max_connections = 200",
    // Taken page by page, as there is data. A million places are read again and again: with the default of 128 MB
    // nearly half of their rows are copied from the kernel each time.
    "shared_buffers = '512MB'",
    `cluster_name = '${clusterName(state)}'`,
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    "",
  ].join("\n");
}

function dataFolder(state: State): string {
  return join(state.home, "postgres", "data");
}

function clusterName(state: State): string {
  return `eco2-${state.id}`;
}

function urlOf(state: State, user: string, password: string, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${state.ports.postgres}/${database}`;
}

/** Undefined when there is no data yet. */
function dataVersion(state: State): number | undefined {
  const path = join(dataFolder(state), "PG_VERSION");
  return existsSync(path) ? Number(readFileSync(path, "utf8")) : undefined;
}

/** `postgres (PostgreSQL) 15.13 (Debian …)` → 15; 0 when the binary does not run. */
function majorOf(path: string): number {
  const { stdout } = Bun.spawnSync([path, "--version"], { cwd: "/" });
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout.toString())?.[1] ?? 0);
}
