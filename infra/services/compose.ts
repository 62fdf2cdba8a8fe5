import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type ServiceName, VARIABLES } from "./service.ts";
import { type State, writeState } from "./state.ts";
import { PARTS } from "./url.ts";

/** Container ports, by compose service. */
const PORTS = { postgres: 5432, redis: 6379, rabbitmq: 5672 } as const;

const engineMs = 1500;
const portMs = 10_000;
const execMs = 30_000;
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

/** Starts the services, waits for their health checks, and adds the parts. */
export async function composeUp(
  project: string,
  names: readonly ServiceName[],
  signal?: AbortSignal,
): Promise<void> {
  await compose(project, ["up", "-d", "--wait", ...names], upMs, signal);
  const prepare = names.map((name) =>
    compose(project, ["exec", "-T", name, "sh", "-c", PART_SCRIPTS[name]], execMs, signal),
  );
  await Promise.all(prepare);
}

export async function composeStop(state: State, names: readonly ServiceName[]): Promise<void> {
  if (names.length === 0) return;
  await compose(state.project, ["stop", ...names], upMs);
  state.compose = state.compose.filter((name) => !names.includes(name));
  writeState(state);
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

const parts = Object.values(PARTS);

/** Make database and vhost of each part inside the containers; both may exist already. */
const PART_SCRIPTS = {
  postgres: parts
    .map(
      ({ postgres }) =>
        'psql -U "$POSTGRES_USER" -d postgres -tAc ' +
        `"select 1 from pg_database where datname = '${postgres}'" | grep -q 1 || ` +
        `createdb -U "$POSTGRES_USER" ${postgres}`,
    )
    .join("; "),
  redis: "true",
  rabbitmq: parts
    .map(
      ({ rabbitmq }) =>
        `rabbitmqctl -q list_vhosts | grep -qx ${rabbitmq} || rabbitmqctl -q add_vhost ${rabbitmq}; ` +
        `rabbitmqctl -q set_permissions -p ${rabbitmq} "$RABBITMQ_DEFAULT_USER" ".*" ".*" ".*"`,
    )
    .join("; "),
} as const satisfies Record<ServiceName, string>;

/** @param signal aborted, the client is killed */
async function compose(
  project: string,
  args: string[],
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<string> {
  const { code, out, errors } = await docker(project, ["compose", ...args], deadlineMs, signal);
  if (code !== 0) throw new Error(`docker compose ${args.join(" ")} failed:\n${errors.trim()}`);
  return out;
}

async function docker(project: string, args: string[], deadlineMs: number, signal?: AbortSignal) {
  signal?.throwIfAborted();
  const child = Bun.spawn(["docker", ...args], {
    cwd: project,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  // The whole group: a plugin that outlives its client would keep the pipes open.
  const kill = () => process.kill(-child.pid, "SIGKILL");
  const timer = setTimeout(kill, deadlineMs);
  signal?.addEventListener("abort", kill);
  try {
    const [out, errors, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { out, errors, code };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
  }
}
