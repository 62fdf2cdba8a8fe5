import type { ClusterPlan } from "./plan.ts";

/** Ports that everything listens at, on the address of its machine and on that of the front. */
export const ports = {
  edge: 8080,
  worker: 8081,
  postgres: 5432,
  redis: 6379,
  sentinel: 26_379,
  rabbitmq: 5672,
} as const;

/**
 * The configuration of HAProxy, which is to these machines what Kubernetes' services are to pods: one name before
 * each store, and before the edges. Redis' part is that of the manifests, without its certificates. A connection to
 * RabbitMQ or PostgreSQL is kept, as a service keeps it, however the server behind it changes.
 */
export function frontConfiguration({ front, nodes }: ClusterPlan, redisPart: string): string {
  const servers = (port: number) =>
    nodes.map(({ name, address }) => `  server ${name} ${address}:${port}`).join("\n");
  const listen = (name: keyof typeof ports, mode: "tcp" | "http", ...lines: string[]) =>
    [
      `listen ${name}`,
      `  mode ${mode}`,
      `  bind ${front}:${ports[name]}`,
      ...lines.map((line) => `  ${line}`),
      "  default-server check inter 1s fall 2 rise 1",
      servers(ports[name]),
    ].join("\n");
  return [
    withoutCertificates(redisPart).trim(),
    servers(ports.redis),
    listen("rabbitmq", "tcp", "balance roundrobin"),
    listen("sentinel", "tcp"),
    listen("postgres", "tcp", ...writablePrimary),
    listen(
      "edge",
      "http",
      "balance roundrobin",
      "option httpchk GET /readyz",
      "timeout http-request 10s",
    ),
    "",
  ].join("\n");
}

/** Redis' part of the manifests for machines that trust their network: no TLS, and no names to look up. */
export function withoutCertificates(config: string): string {
  return config
    .replaceAll(/^resolvers kube\n(?: .*\n)+/gm, "")
    .replaceAll(/^ {2}server redis-node-.*\n/gm, "")
    .replaceAll(/ check-ssl verify required ca-file \S+/g, "")
    .replaceAll(/ init-addr none resolvers kube/g, "")
    .replaceAll(/tcp-check connect ssl/g, "tcp-check connect")
    .replaceAll(/ --tls --cacert \S+/g, "")
    .replaceAll(/^(?:port 0|tls-(?!port).*)\n/gm, "")
    .replaceAll(/^tls-port /gm, "port ");
}

/** Asks what our own processes ask: a standby says on, and so does a primary that an operator has made read-only. */
const query = "show transaction_read_only\0";
const startup = "user\0probe\0database\0postgres\0\0";
const writablePrimary = [
  "option tcp-check",
  "tcp-check connect",
  `tcp-check send-binary ${hex(int32(8 + startup.length), int32(196_608), startup)}`,
  // ReadyForQuery, idle.
  `tcp-check expect binary ${hex("Z", int32(5), "I")}`,
  `tcp-check send-binary ${hex("Q", int32(4 + query.length), query)}`,
  // A row of one column: off.
  `tcp-check expect binary ${hex("D", int32(13), "\0\x01", int32(3), "off")}`,
];

function int32(value: number): string {
  return String.fromCharCode(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);
}

function hex(...parts: readonly string[]): string {
  return Buffer.from(parts.join(""), "latin1").toString("hex");
}
