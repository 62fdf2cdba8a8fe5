import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { ServiceName } from "./service.ts";

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
  await prepareTests(project, names);
}

export async function composeStop(project: string, names: readonly ServiceName[]): Promise<void> {
  if (names.length > 0) await compose(project, ["stop", ...names], upMs);
}

export async function composeRunning(project: string): Promise<string[]> {
  const text = await compose(project, ["ps", "--services", "--status", "running"], portMs);
  return text.split("\n").filter(Boolean);
}

/** Published port and credentials of one service, as a URL on the `eco2` database or vhost. */
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
  services: v.record(
    v.string(),
    v.object({
      environment: v.optional(v.nullable(v.record(v.string(), v.nullable(v.string())))),
      command: v.optional(v.nullable(v.array(v.string()))),
    }),
  ),
});

/**
 * Reads the credentials where the official images take them: `POSTGRES_*`, `RABBITMQ_DEFAULT_*`,
 * and for Redis the argument after `--requirepass`.
 *
 * @param config what `docker compose config --format json` prints
 */
export function urlFromCompose(name: ServiceName, port: number, config: string): string {
  const { services } = v.parse(v.pipe(v.string(), v.parseJson(), ComposeConfig), config);
  const environment = services[name]?.environment ?? {};
  const of = (key: string, otherwise: string) => encodeURIComponent(environment[key] || otherwise);
  switch (name) {
    case "postgres": {
      const user = of("POSTGRES_USER", "postgres");
      const database = of("POSTGRES_DB", "eco2");
      return `postgres://${user}:${of("POSTGRES_PASSWORD", "")}@127.0.0.1:${port}/${database}`;
    }
    case "redis": {
      const words = services[name]?.command?.join(" ").split(/\s+/) ?? [];
      const at = words.indexOf("--requirepass");
      const password = at < 0 ? "" : `:${encodeURIComponent(words[at + 1] ?? "")}@`;
      return `redis://${password}127.0.0.1:${port}/0`;
    }
    case "rabbitmq": {
      const user = of("RABBITMQ_DEFAULT_USER", "guest");
      const password = of("RABBITMQ_DEFAULT_PASS", "guest");
      return `amqp://${user}:${password}@127.0.0.1:${port}/${of("RABBITMQ_DEFAULT_VHOST", "eco2")}`;
    }
  }
}

/** The tests' own database and vhost, inside the containers; both may exist already. */
async function prepareTests(project: string, names: readonly ServiceName[]): Promise<void> {
  const inside = (name: ServiceName, script: string) =>
    compose(project, ["exec", "-T", name, "sh", "-c", script], portMs * 3);
  const work: Promise<string>[] = [];
  if (names.includes("postgres")) {
    work.push(
      inside(
        "postgres",
        'psql -U "$POSTGRES_USER" -d postgres -tAc ' +
          "\"select 1 from pg_database where datname = 'eco2_test'\" | grep -q 1 || " +
          'createdb -U "$POSTGRES_USER" eco2_test',
      ),
    );
  }
  if (names.includes("rabbitmq")) {
    work.push(
      inside(
        "rabbitmq",
        "rabbitmqctl -q list_vhosts | grep -qx eco2-test || rabbitmqctl -q add_vhost eco2-test; " +
          'rabbitmqctl -q set_permissions -p eco2-test "$RABBITMQ_DEFAULT_USER" ".*" ".*" ".*"',
      ),
    );
  }
  await Promise.all(work);
}

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
