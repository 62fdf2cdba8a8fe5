/** What the manifests call things, each once. */

export const namespaces = {
  apps: "eco2",
  stores: "eco2-stores",
  /** Of the operators and the gateway, as their charts are installed (`operators.ts`). */
  gateway: "istio-ingress",
  certManager: "cert-manager",
  keda: "keda",
  monitoring: "monitoring",
  postgresOperator: "cnpg-system",
  rabbitmqOperator: "rabbitmq-system",
} as const;

export const vhost = "eco2";
/** The one user of each store that processes are. */
export const storeUser = "eco2";

/** Stores by the service that leads to the one that takes writes. */
export const storeHosts = {
  postgres: `postgres-rw.${namespaces.stores}.svc`,
  redis: `redis.${namespaces.stores}.svc`,
  rabbitmq: `rabbitmq.${namespaces.stores}.svc`,
} as const;
export type Store = keyof typeof storeHosts;
export const STORES = ["postgres", "redis", "rabbitmq"] as const satisfies readonly Store[];

export const storePorts = { postgres: 5432, redis: 6379, rabbitmq: 5671 } as const;
/** Where event routers publish: keeps nothing, and is no store. */
export const pubsubHost = `pubsub.${namespaces.stores}.svc`;
/** RabbitMQ's management API, which scalers and `doctor` ask. */
export const managementPort = 15671;

/** The variable each store's URL is read from. */
export const storeVariables = {
  postgres: "DATABASE_URL",
  redis: "REDIS_URL",
  rabbitmq: "AMQP_URL",
} as const satisfies Record<Store, string>;

/** The certificate authority of the stores, in every namespace that has to trust it. */
export const trust = {
  secret: "eco2-trust",
  key: "ca.crt",
  folder: "/etc/eco2-trust",
} as const;

/** A pod's own token, for AWS alone; called and placed as EKS's webhook does it, which then adds nothing. */
export const awsToken = {
  volume: "aws-iam-token",
  folder: "/var/run/secrets/eks.amazonaws.com/serviceaccount",
  path: "token",
  audience: "sts.amazonaws.com",
} as const;
export const roleAnnotation = "eks.amazonaws.com/role-arn";

/** The ConfigMap of an overlay, by the names of the variables. */
export const settingsMap = "settings";

export const nameLabel = "app.kubernetes.io/name";
export const roleLabel = "app.kubernetes.io/component";
export const partOf = { "app.kubernetes.io/part-of": "eco2" } as const;
