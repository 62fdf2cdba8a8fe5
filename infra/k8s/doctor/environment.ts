import { ConfigError, loadConfig } from "#lib/config/load-config.ts";
import { EdgeConfig } from "../../../services/edge/config.ts";
import { DlqConfig, MigrateConfig } from "../../../services/operator/config.ts";
import { WorkerConfig } from "../../../services/worker/config.ts";
import { namespaces, STORES, type Store, storePorts, storeVariables } from "../names.ts";
import type { Container } from "../pod.ts";
import type { ConfigSchema } from "../processes.ts";
import { fillTemplate } from "../secrets.ts";
import { type Workload, workloadsOf } from "./containers.ts";
import { type Facts, named, type OverlayFacts, ofKind, settingsOf } from "./facts.ts";
import { differences, type ManifestCheck, row } from "./row.ts";

/** The environment of every container, given to what its program reads it with. */

/** Read by Bun itself. */
const ofBun = ["NODE_EXTRA_CA_CERTS", "BUN_CONFIG_MAX_HTTP_REQUESTS", "BUN_JSC_forceRAMSize"];
/** Has everything that a URL must not have as it is. */
export const samplePassword = "p@ss:w/rd?#[%] +&é";
const sampleKey = { kty: "RSA", kid: "sample", n: "A".repeat(342), e: "AQAB" };
const samples: Readonly<Record<string, string>> = {
  auth_keys: JSON.stringify({ keys: [{ ...sampleKey, d: "A" }] }),
  auth_public_keys: JSON.stringify({ keys: [sampleKey] }),
};

/** Of the shape that the property has to have. */
function sampleOf(property: string): string {
  if (property.endsWith("_password")) return samplePassword;
  return samples[property] ?? `sample-of-${property}-of-32-characters`;
}

/** The keys of a Secret, as they come to be: from a template, or as they stand there. */
export function secretData({ resources }: OverlayFacts, name: string, namespace: string) {
  const isIt = ({ metadata }: { metadata?: { name?: string; namespace?: string } }) =>
    metadata?.name === name && metadata.namespace === namespace;
  const plain = ofKind(resources, "Secret").find(isIt)?.stringData;
  if (plain) return plain;
  const external = ofKind(resources, "ExternalSecret").find(isIt)?.spec;
  const read = new Set(external?.data?.map(({ secretKey }) => secretKey));
  const value = (property: string) => (read.has(property) ? sampleOf(property) : "");
  const entries = Object.entries(external?.target?.template?.data ?? {});
  return Object.fromEntries(entries.map(([key, text]) => [key, fillTemplate(text, value)]));
}

export interface Resolved {
  readonly variables: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

export function resolve(overlay: OverlayFacts, { namespace, container }: Workload): Resolved {
  const variables: Record<string, string> = {};
  const problems: string[] = [];
  const settings = settingsOf(overlay);
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {};
    const found = secret
      ? secretData(overlay, secret.name ?? "", namespace)[secret.key]
      : map
        ? settings[map.key]
        : value;
    const key = secret?.key ?? map?.key;
    if (key !== undefined && key !== name) problems.push(`${name} is read from ${key}`);
    if (found !== undefined) variables[name] = found;
    else if (!(map ?? secret)?.optional) problems.push(`${name} comes from nowhere`);
  }
  return { variables, problems };
}

function explainConfig(schema: ConfigSchema, variables: Resolved["variables"]): string[] {
  try {
    loadConfig(schema, variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

export function environmentRows(facts: Facts): ManifestCheck[] {
  return [...facts.overlays.flatMap(overlayRows), ...composeRows(facts)];
}

function overlayRows(overlay: OverlayFacts): ManifestCheck[] {
  const ours = workloadsOf(overlay.resources).flatMap((one) =>
    one.namespace === namespaces.apps ? [one] : [],
  );
  const isProduction = overlay.name !== "local";
  return [
    ...ours.map((one) => environmentRow(overlay, one, isProduction)),
    settingsRow(overlay, ours),
    ...STORES.map((store) => storeRow(overlay, store, ours)),
    brokerUserRow(overlay),
  ];
}

function environmentRow(
  overlay: OverlayFacts,
  one: Workload,
  isProduction: boolean,
): ManifestCheck {
  const { name, program, container, pod } = one;
  const place = {
    used: commandOf(container),
    add: "infra/k8s/workloads.ts, overlays.ts, secrets.ts",
  };
  const title = `${overlay.name} environment of ${name}`;
  if (!program)
    return row(title, place, [`nothing is known to run as ${commandOf(container)}`], "");
  const { variables, problems } = resolve(overlay, one);
  const { entries } = program.config;
  const given = (container.env ?? []).map((variable) => variable.name);
  const ca = container.volumeMounts?.some(({ mountPath }) =>
    variables.NODE_EXTRA_CA_CERTS?.startsWith(mountPath),
  );
  const found = [
    ...problems,
    ...differences(
      given.filter((variable) => !ofBun.includes(variable)),
      Object.keys(entries),
    ),
    ...explainConfig(program.config, variables),
    program.port && variables.HOST !== "0.0.0.0" && "HOST lets no probe in: it is not 0.0.0.0",
    "NODE_ENV" in entries &&
      isProduction &&
      variables.NODE_ENV !== "production" &&
      "NODE_ENV is not production",
    !(ca && pod.volumes?.length) &&
      "the stores' authority is not mounted where NODE_EXTRA_CA_CERTS says",
  ];
  return row(
    title,
    place,
    found,
    `${given.length} variables, as ${commandOf(container)} reads them`,
  );
}

function commandOf({ image, args = [] }: Container): string {
  const [first, second] = args;
  return [image?.split(/[@/]/).find((part) => /^(edge|worker|operator)/.test(part)), first, second]
    .join(" ")
    .trim();
}

/** A setting that nobody reads is a name that is spelt wrong, or of yesterday. */
function settingsRow(overlay: OverlayFacts, workloads: readonly Workload[]): ManifestCheck {
  const read = new Set(
    workloads.flatMap(({ program }) => Object.keys(program?.config.entries ?? {})),
  );
  const unread = Object.keys(settingsOf(overlay)).filter((key) => !read.has(key));
  const place = { used: "services/*/config.ts", add: "infra/k8s/overlays.ts" };
  return row(
    `${overlay.name} settings`,
    place,
    unread.map((key) => `no process reads ${key}`),
    "each is read",
  );
}

/** The service before each store that leads to the one that takes writes. */
function hostsOf({ resources }: OverlayFacts): Readonly<Record<Store, string | undefined>> {
  const inNamespace = (service: string, meta: { namespace?: string } | undefined) =>
    meta && `${service}.${meta.namespace}.svc`;
  return {
    postgres: inNamespace("postgres-rw", named(resources, "Cluster", "postgres")?.metadata),
    redis: inNamespace("redis", named(resources, "Service", "redis")?.metadata),
    rabbitmq: inNamespace("rabbitmq", named(resources, "RabbitmqCluster", "rabbitmq")?.metadata),
  };
}

/** Where each account is made, by its store. */
const accounts = {
  postgres: ["postgres-user", "username", "password"],
  redis: ["redis-password", "", "REDIS_PASSWORD"],
  rabbitmq: ["rabbitmq-user", "username", "password"],
} as const;

function storeRow(
  overlay: OverlayFacts,
  store: Store,
  workloads: readonly Workload[],
): ManifestCheck {
  const variable = storeVariables[store];
  const urls = new Set(workloads.flatMap((one) => resolve(overlay, one).variables[variable] ?? []));
  const place = { used: `${variable} in services/*/config.ts`, add: "infra/k8s/secrets.ts" };
  const title = `${overlay.name} ${variable}`;
  const [text = ""] = urls;
  const url = URL.parse(text);
  if (urls.size !== 1 || !url) {
    return row(
      title,
      place,
      [
        `${urls.size} different values, of which ${url ? "each" : "one"} is ${url ? "a" : "no"} URL`,
      ],
      "",
    );
  }
  const [secret, userKey, passwordKey] = accounts[store];
  const account = secretData(overlay, secret, namespaces.stores);
  const vhost = named(overlay.resources, "Vhost", "eco2")?.spec.name;
  const database = named(overlay.resources, "Cluster", "postgres")?.spec.bootstrap.initdb.database;
  const path = { postgres: database, redis: "0", rabbitmq: vhost }[store];
  const isSafe = {
    postgres: url.searchParams.get("sslmode") === "verify-full",
    redis: url.protocol === "rediss:",
    rabbitmq: url.protocol === "amqps:",
  }[store];
  return row(
    title,
    place,
    [
      url.hostname !== hostsOf(overlay)[store] && `${url.hostname} is not the store's service`,
      Number(url.port) !== storePorts[store] && `port ${url.port} is not the store's`,
      url.username !== (userKey && account[userKey]) && `user ${url.username} is not the store's`,
      passwordOf(url) !== account[passwordKey] && "its password is another one, or is not encoded",
      url.pathname !== `/${path}` && `${url.pathname} is not there`,
      !isSafe && "it is not verified TLS",
    ],
    `leads to ${url.hostname}:${url.port} as the store's user`,
  );
}

/** Decoded as a driver does it; undefined where that fails. */
function passwordOf({ password }: URL): string | undefined {
  try {
    return decodeURIComponent(password);
  } catch {
    return undefined;
  }
}

/** One user of the broker, wherever it is named. */
function brokerUserRow(overlay: OverlayFacts): ManifestCheck {
  const { resources } = overlay;
  const secret = named(resources, "User", "eco2")?.spec.importCredentialsSecret.name ?? "";
  const made = secretData(overlay, secret, namespaces.stores);
  const scaler = secretData(overlay, "rabbitmq-scaler", namespaces.apps);
  const url = URL.parse(secretData(overlay, "store-urls", namespaces.apps).AMQP_URL ?? "");
  const permissions = ofKind(resources, "Permission").map(({ spec }) => spec);
  const permitted = permissions.map(({ user }) => user);
  const mayDeclare = permissions.some((one) => one.permissions.configure === ".*");
  const users = {
    "rabbitmq-user": made.username,
    AMQP_URL: url?.username,
    scaler: scaler.username,
  };
  const places = [
    ...Object.entries(users),
    ...permitted.map((user) => ["Permission", user] as const),
  ];
  const wrong = places.filter(([, user]) => user !== made.username || !user);
  return row(
    `${overlay.name} broker user`,
    { used: "lib/queue/broker.ts, infra/k8s/scalers.ts", add: "infra/k8s/secrets.ts, rabbitmq.ts" },
    [
      ...wrong.map(([where, user]) => `${where} names ${user ?? "nobody"}`),
      permitted.length === 0 && "it is permitted nothing",
      made.password !== scaler.password && "the scaler has another password",
      !mayDeclare &&
        settingsOf(overlay).AMQP_TOPOLOGY !== "check" &&
        "processes declare what their user may not (AMQP_TOPOLOGY)",
    ],
    `${made.username} in ${places.length} places`,
  );
}

const composeSchemas: Readonly<Record<string, ConfigSchema>> = {
  edge: EdgeConfig,
  worker: WorkerConfig,
  migrate: MigrateConfig,
  operator: DlqConfig,
};

function composeRows({ compose }: Facts): ManifestCheck[] {
  const services: Readonly<Record<string, { environment: Record<string, string> }>> = compose;
  return Object.entries(composeSchemas).map(([name, schema]) => {
    const variables = services[name]?.environment ?? {};
    // The worker's health is asked inside its pod, and the operator's keys are for `keys`.
    const leftAlone = ["HOST", "HEALTH_PORT", "METRICS_PORT", "AUTH_KEYS"];
    const names = (all: string[]) => all.filter((one) => !leftAlone.includes(one));
    return row(
      `compose environment of ${name}`,
      { used: `services/${name === "migrate" ? "operator" : name}/config.ts`, add: "compose.yaml" },
      [
        ...differences(names(Object.keys(variables)), names(Object.keys(schema.entries))),
        ...explainConfig(schema, variables),
      ],
      `${Object.keys(variables).length} variables, as the process reads them`,
    );
  });
}
