import {
  managementPort,
  namespaces,
  pubsubHost,
  storeHosts,
  storePorts,
  storeUser,
  vhost,
} from "./names.ts";
import type { Aws, Overlay } from "./overlays.ts";
import { at, make, type Resource } from "./resource.ts";

/**
 * Every secret, its keys, and what each is made of: a template over the properties of one JSON secret in the cloud's
 * store. A password is encoded where it becomes part of a URL, and stands in one property however many URLs have it.
 */

const encoded = (property: string) => `{{ .${property} | urlquery | replace "+" "%20" }}`;
const plain = (property: string) => `{{ .${property} }}`;

function storeUrl(protocol: string, store: keyof typeof storeHosts, user: string, path: string) {
  const account = `${user}:${encoded(`${store}_password`)}`;
  return `${protocol}://${account}@${storeHosts[store]}:${storePorts[store]}/${path}`;
}

interface SecretSpec {
  readonly namespace: string;
  readonly type?: string;
  readonly data: Readonly<Record<string, string>>;
}

const forApps = (data: SecretSpec["data"]): SecretSpec => ({ namespace: namespaces.apps, data });
const forStores = (data: SecretSpec["data"]): SecretSpec => ({
  namespace: namespaces.stores,
  data,
});

export const SECRETS = {
  "store-urls": forApps({
    DATABASE_URL: storeUrl("postgres", "postgres", storeUser, `${vhost}?sslmode=verify-full`),
    REDIS_URL: storeUrl("rediss", "redis", "", "0"),
    PUBSUB_REDIS_URL: `rediss://:${encoded("redis_password")}@${pubsubHost}:${storePorts.redis}/0`,
    AMQP_URL: storeUrl("amqps", "rabbitmq", storeUser, vhost),
  }),
  internal: forApps({ INTERNAL_SECRET: plain("internal_secret") }),
  "auth-keys": forApps({ AUTH_KEYS: plain("auth_keys") }),
  /** The same keys without what signs: all that the gatekeeper needs. */
  "auth-public-keys": forApps({ AUTH_KEYS: plain("auth_public_keys") }),
  "sign-in": forApps({
    GOOGLE_CLIENT_ID: plain("google_client_id"),
    GOOGLE_CLIENT_SECRET: plain("google_client_secret"),
    KAKAO_CLIENT_ID: plain("kakao_client_id"),
    KAKAO_CLIENT_SECRET: plain("kakao_client_secret"),
    NAVER_CLIENT_ID: plain("naver_client_id"),
    NAVER_CLIENT_SECRET: plain("naver_client_secret"),
  }),
  places: forApps({ KAKAO_REST_API_KEY: plain("kakao_rest_api_key") }),
  models: forApps({
    OPENAI_API_KEY: plain("openai_api_key"),
    GEMINI_API_KEY: plain("gemini_api_key"),
  }),
  photos: forApps({ UPLOAD_SECRET: plain("upload_secret") }),
  /** What the scalers ask RabbitMQ with. */
  "rabbitmq-scaler": forApps({
    host: `https://${storeHosts.rabbitmq}:${managementPort}/${vhost}`,
    username: storeUser,
    password: plain("rabbitmq_password"),
    tls: "enable",
  }),
  /** And of Redis, how far the event routers are. */
  "redis-scaler": forApps({ password: plain("redis_password") }),
  "rabbitmq-user": forStores({ username: storeUser, password: plain("rabbitmq_password") }),
  "postgres-user": {
    ...forStores({ username: storeUser, password: plain("postgres_password") }),
    type: "kubernetes.io/basic-auth",
  },
  "redis-password": forStores({ REDIS_PASSWORD: plain("redis_password") }),
} as const satisfies Record<string, SecretSpec>;

const SPECS: Readonly<Record<string, SecretSpec>> = SECRETS;

/** For a bucket that is not AWS's, by a secret that is made there by hand: on AWS the pod has a role, and no keys. */
const handMade: Readonly<Record<string, string>> = {
  S3_ACCESS_KEY_ID: "photo-keys",
  S3_SECRET_ACCESS_KEY: "photo-keys",
  S3_SESSION_TOKEN: "photo-keys",
};

/** The secret that holds a variable of a process, where it may be missing; undefined for any other variable. */
export function optionalSecretOf(variable: string): string | undefined {
  return handMade[variable];
}

/** The secret that holds a variable of a process; undefined for a setting. */
export function secretOf(variable: string, process: string): string | undefined {
  if (variable === "AUTH_KEYS" && process === "gatekeeper") return "auth-public-keys";
  return Object.keys(SPECS).find((name) => SPECS[name]?.data[variable] !== undefined);
}

/** Good for a machine of one's own alone: everybody knows them. An empty one counts as not set. */
const LOCAL_VALUES: Readonly<Record<string, string>> = {
  postgres_password: "eco2-local",
  redis_password: "eco2-local",
  rabbitmq_password: "eco2-local",
  internal_secret: "eco2-local-eco2-local-eco2-local",
  upload_secret: "eco2-local-eco2-local-eco2-local",
};

export function secrets({ aws }: Overlay): Resource[] {
  const specs = Object.entries(SPECS);
  if (!aws) return specs.map(([secret, spec]) => localSecret(secret, spec));
  return [secretStore(aws), ...specs.map(([secret, spec]) => externalSecret(secret, spec, aws))];
}

function localSecret(name: string, { namespace, type = "Opaque", data }: SecretSpec): Resource {
  const lookUp = (property: string) => LOCAL_VALUES[property] ?? "";
  const filled = Object.entries(data).map(([key, text]) => [key, fillTemplate(text, lookUp)]);
  return make("Secret", at(namespace, name), { type, stringData: Object.fromEntries(filled) });
}

const storeName = "aws-secrets";

function secretStore({ region, secrets_role_arn: role }: Aws): Resource {
  return make(
    "ClusterSecretStore",
    { name: storeName },
    {
      spec: {
        provider: { aws: { service: "SecretsManager", region, role } },
        conditions: [{ namespaces: [namespaces.apps, namespaces.stores] }],
      },
    },
  );
}

/** A changed value reaches the Secret within the interval, and a process at its next start. */
function externalSecret(
  name: string,
  { namespace, type = "Opaque", data }: SecretSpec,
  { secret_name: key }: Aws,
): Resource {
  const properties = new Set(Object.values(data).flatMap(propertiesOf));
  return make("ExternalSecret", at(namespace, name), {
    spec: {
      refreshInterval: "1h",
      secretStoreRef: { kind: "ClusterSecretStore", name: storeName },
      target: { name, template: { engineVersion: "v2", type, data: { ...data } } },
      data: [...properties].map((property) => ({
        secretKey: property,
        remoteRef: { key, property },
      })),
    },
  });
}

const PLACE = /\{\{ \.(\w+)((?: \| [^}]+)?) \}\}/g;
const urlEncoding = ' | urlquery | replace "+" "%20"';

export function propertiesOf(template: string): string[] {
  return [...template.matchAll(PLACE)].map(([, property = ""]) => property);
}

/**
 * A template as External Secrets fills it, of the little of its language that is used here.
 *
 * @throws for anything else between braces.
 */
export function fillTemplate(template: string, lookUp: (property: string) => string): string {
  const filled = template.replace(PLACE, (place, property: string, filters: string) => {
    const value = lookUp(property);
    if (filters === "") return value;
    if (filters === urlEncoding) return encodeURIComponent(value);
    throw new Error(`unknown filter in ${place}`);
  });
  if (template.replace(PLACE, "").includes("{{")) throw new Error(`unknown template ${template}`);
  return filled;
}
