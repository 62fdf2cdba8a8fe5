import * as v from "valibot";
import { parse } from "yaml";

const Service = v.object({
  image: v.optional(v.string()),
  build: v.optional(v.object({ context: v.string(), dockerfile: v.string() })),
  command: v.optional(v.array(v.string())),
  user: v.optional(v.string()),
  environment: v.optional(v.record(v.string(), v.string()), {}),
  network_mode: v.optional(v.string()),
  ports: v.optional(v.array(v.string()), []),
  volumes: v.optional(v.array(v.string()), []),
  depends_on: v.optional(v.record(v.string(), v.object({ condition: v.string() })), {}),
  healthcheck: v.optional(v.object({ test: v.array(v.string()) })),
  stop_grace_period: v.optional(v.pipe(v.string(), v.regex(/^\d+s$/))),
  restart: v.string(),
  profiles: v.optional(v.array(v.string()), []),
  ulimits: v.optional(v.object({ nofile: v.number() })),
  mem_limit: v.string(),
  cap_drop: v.array(v.string()),
  security_opt: v.array(v.string()),
  read_only: v.optional(v.boolean(), false),
});

const processes = ["pod", "edge", "worker", "migrate", "operator"] as const;
const backing = ["postgres", "redis", "rabbitmq"] as const;
const fanout = ["event-router", "pubsub"] as const;
const observers = ["prometheus", "alertmanager", "grafana", "jaeger"] as const;
const ComposeFile = v.object({
  services: v.strictObject(
    v.entriesFromList([...processes, ...backing, ...fanout, ...observers], Service),
  ),
});
type ComposeFile = v.InferOutput<typeof ComposeFile>;

const file = new URL("../../compose.yaml", import.meta.url);

/**
 * `compose.yaml` as compose sees it, for the tests that hold it to the code: merged, and with
 * `${NAME:-default}` replaced from `environment`. Other forms of substitution are not replaced.
 */
export async function readCompose(
  environment: Readonly<Record<string, string>> = {},
): Promise<ComposeFile> {
  const replace = (text: string) =>
    text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name, otherwise) => environment[name] || otherwise);
  const parsed: unknown = parse(await Bun.file(file).text(), {
    merge: true,
    // Our own file shares more than the library takes from a stranger.
    maxAliasCount: 1_000,
  });
  const filled: unknown = JSON.parse(JSON.stringify(parsed), (_, value: unknown) =>
    typeof value === "string" ? replace(value) : value,
  );
  return v.parse(ComposeFile, filled);
}
