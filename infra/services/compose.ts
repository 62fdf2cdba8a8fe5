import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type ServiceName, VARIABLES } from "./service.ts";

/** Container ports, by compose service. */
const PORTS = { postgres: 5432, redis: 6379, rabbitmq: 5672 } as const;

const engineMs = 1500;
const portMs = 10_000;
const upMs = 300_000;

/**
 * True when the project has a compose file and an engine answers. A client without an engine is
 * common, and some wait long for one: hence the deadline.
 */
export async function engineAnswers(project: string): Promise<boolean> {
  if (!existsSync(join(project, "compose.yaml")) || !Bun.which("docker")) return false;
  const results = await Promise.all([
    docker(project, ["info", "--format", "{{.ServerVersion}}"], engineMs),
    docker(project, ["compose", "version"], engineMs),
  ]);
  return results.every(({ code }) => code === 0);
}

/** Starts the services, waits for their health checks, and adds what the tests need. */
export async function composeUp(project: string, names: readonly ServiceName[]): Promise<void> {
  await compose(project, ["up", "-d", "--wait", ...names], upMs);
  const prepare = names.map((name) =>
    compose(project, ["exec", "-T", name, "sh", "-c", TEST_SCRIPTS[name]], portMs * 3),
  );
  await Promise.all(prepare);
}

export async function composeStop(project: string, names: readonly ServiceName[]): Promise<void> {
  if (names.length > 0) await compose(project, ["stop", ...names], upMs);
}

export async function composeRunning(project: string): Promise<string[]> {
  const text = await compose(project, ["ps", "--services", "--status", "running"], portMs);
  return text.split("\n").filter(Boolean);
}

/** The published address of one service, with credentials. */
export async function composeUrl(project: string, name: ServiceName): Promise<string> {
  const [address, config] = await Promise.all([
    compose(project, ["port", name, String(PORTS[name])], portMs),
    compose(project, ["config", "--format", "json"], portMs),
  ]);
  const port = Number(/:(\d+)\s*$/.exec(address.split("\n")[0] ?? "")?.[1]);
  if (!port) throw new Error(`compose service "${name}" publishes no port ${PORTS[name]}`);
  return urlFromCompose(name, port, config);
}

const ComposeConfig = v.object({
  services: v.object({
    edge: v.object({ environment: v.record(v.string(), v.nullable(v.string())) }),
  }),
});

/**
 * The URL by which the project's own containers reach a service, as seen from this machine.
 *
 * @param config what `docker compose config --format json` prints
 */
export function urlFromCompose(name: ServiceName, port: number, config: string): string {
  const { edge } = v.parse(v.pipe(v.string(), v.parseJson(), ComposeConfig), config).services;
  const url = new URL(edge.environment[VARIABLES[name]] ?? "");
  url.host = `127.0.0.1:${port}`;
  return url.href;
}

/** Make the tests' own database and vhost, inside the containers; both may exist already. */
const TEST_SCRIPTS = {
  postgres:
    'psql -U "$POSTGRES_USER" -d postgres -tAc ' +
    "\"select 1 from pg_database where datname = 'eco2_test'\" | grep -q 1 || " +
    'createdb -U "$POSTGRES_USER" eco2_test',
  redis: "true",
  rabbitmq:
    "rabbitmqctl -q list_vhosts | grep -qx eco2-test || rabbitmqctl -q add_vhost eco2-test; " +
    'rabbitmqctl -q set_permissions -p eco2-test "$RABBITMQ_DEFAULT_USER" ".*" ".*" ".*"',
} as const satisfies Record<ServiceName, string>;

async function compose(project: string, args: string[], deadlineMs: number): Promise<string> {
  const { code, out, errors } = await docker(project, ["compose", ...args], deadlineMs);
  if (code !== 0) throw new Error(`docker compose ${args.join(" ")} failed:\n${errors.trim()}`);
  return out;
}

async function docker(project: string, args: string[], deadlineMs: number) {
  const child = Bun.spawn(["docker", ...args], {
    cwd: project,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  // The whole group: a plugin that outlives its client would keep the pipes open.
  const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), deadlineMs);
  try {
    const [out, errors, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { out, errors, code };
  } finally {
    clearTimeout(timer);
  }
}
