import * as v from "valibot";
import { awsToken, managementPort, storeHosts } from "./names.ts";
import type { ProcessName } from "./processes.ts";
import release from "./release.json";

/** What differs between the places the system runs in; everything else is the same in all of them. */
export interface Overlay {
  readonly name: OverlayName;
  /** Variables of the processes, as in the table of the README; secrets are in `secrets.ts`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Least and most processes of each kind. */
  readonly replicas: (name: ProcessName) => readonly [min: number, max: number];
  readonly stores: {
    readonly rabbitmq: Store;
    readonly redis: Store;
    readonly postgres: Store & { readonly connectionsMax: number };
  };
  /** Where images come from, and which: by digest, or by a tag on the machine itself. */
  readonly images: { readonly registry?: string; readonly digests?: Digests };
  /** AWS' names, each the output of that name of `infra/terraform`; none on a machine of one's own. */
  readonly aws?: Aws;
}

interface Store {
  readonly replicas: number;
  readonly storage: string;
  readonly memory: string;
}

export interface Aws {
  readonly account_id: string;
  readonly region: string;
  readonly cluster_name: string;
  readonly domain: string;
  readonly certificate_arn: string;
  readonly photos_bucket: string;
  readonly cdn_domain: string;
  readonly secret_name: string;
  readonly secrets_role_arn: string;
  readonly photos_role_arn: string;
  readonly load_balancer_role_arn: string;
  readonly dns_role_arn: string;
}

const Digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));
/** Written by `bun run manifests --release`; a digest of zeros is one of before the first release. */
const Digests = v.object({ edge: Digest, worker: Digest, operator: Digest });
export type Digests = v.InferOutput<typeof Digests>;
export const Releases = v.object({ dev: Digests, prod: Digests });

export const OVERLAY_NAMES = ["local", "dev", "prod"] as const;
export type OverlayName = (typeof OVERLAY_NAMES)[number];

const common = {
  HOST: "0.0.0.0",
  // A store that fails over is waited for: a process that ends is started again later and later.
  BOOT_WAIT_S: "60",
  // RabbitMQ's operator declares what `rabbitmq.ts` has; the processes' user may not.
  AMQP_TOPOLOGY: "check",
  RABBITMQ_MANAGEMENT_URL: `https://${storeHosts.rabbitmq}:${managementPort}`,
} as const;

const releases = v.parse(Releases, release);

function onAws(name: "dev" | "prod", aws: Aws): Pick<Overlay, "settings" | "images" | "aws"> {
  return {
    aws,
    images: {
      registry: `${aws.account_id}.dkr.ecr.${aws.region}.amazonaws.com/eco2`,
      digests: releases[name],
    },
    settings: {
      ...common,
      NODE_ENV: "production",
      AUTH_MODE: "oauth",
      PUBLIC_URL: `https://api.${aws.domain}`,
      CORS_ORIGINS: `https://${aws.domain}`,
      CDN_URL: `https://${aws.cdn_domain}`,
      // The load balancer, and the gateway behind it.
      TRUSTED_PROXY_HOPS: "2",
      IMAGE_STORE: "s3",
      // Event routers, and the Redis they publish to, are where gateways listen to them.
      EVENTS_SOURCE: "pubsub",
      S3_ENDPOINT: `https://s3.${aws.region}.amazonaws.com`,
      S3_BUCKET: aws.photos_bucket,
      S3_REGION: aws.region,
      AWS_ROLE_ARN: aws.photos_role_arn,
      AWS_WEB_IDENTITY_TOKEN_FILE: `${awsToken.folder}/${awsToken.path}`,
    },
  };
}

/** @param account of AWS: an ARN has it, and so has a registry */
function aws(name: "dev" | "prod", account: string, domain: string): Aws {
  const region = "ap-northeast-2";
  const role = (what: string) => `arn:aws:iam::${account}:role/eco2-${name}-${what}`;
  return {
    account_id: account,
    region,
    cluster_name: `eco2-${name}`,
    domain,
    certificate_arn: `arn:aws:acm:${region}:${account}:certificate/00000000-0000-0000-0000-000000000000`,
    photos_bucket: `eco2-${name}-photos`,
    cdn_domain: `photos.${domain}`,
    secret_name: `eco2/${name}`,
    secrets_role_arn: role("secrets"),
    photos_role_arn: role("photos"),
    load_balancer_role_arn: role("load-balancer"),
    dns_role_arn: role("dns"),
  };
}

export const OVERLAYS: { readonly [N in OverlayName]: Overlay & { readonly name: N } } = {
  local: {
    name: "local",
    settings: {
      ...common,
      NODE_ENV: "development",
      AUTH_MODE: "dev",
      // The name of the gateway for pods, and by a line in /etc/hosts for this machine.
      PUBLIC_URL: "http://eco2-local",
      TRUSTED_PROXY_HOPS: "1",
      IMAGE_STORE: "disk",
      IMAGE_DIR: "/data/images",
    },
    replicas: () => [1, 1],
    stores: {
      rabbitmq: { replicas: 1, storage: "2Gi", memory: "1Gi" },
      redis: { replicas: 1, storage: "2Gi", memory: "4Gi" },
      postgres: { replicas: 1, storage: "2Gi", memory: "1Gi", connectionsMax: 300 },
    },
    images: {},
  },
  dev: {
    name: "dev",
    ...onAws("dev", aws("dev", "000000000000", "dev.eco2.example")),
    replicas: (process) => DEV_REPLICAS[process] ?? [2, 3],
    stores: {
      rabbitmq: { replicas: 3, storage: "10Gi", memory: "2Gi" },
      redis: { replicas: 3, storage: "10Gi", memory: "4Gi" },
      postgres: { replicas: 2, storage: "20Gi", memory: "2Gi", connectionsMax: 650 },
    },
  },
  prod: {
    name: "prod",
    ...onAws("prod", aws("prod", "000000000000", "eco2.example")),
    replicas: (process) => PROD_REPLICAS[process] ?? [2, 4],
    stores: {
      rabbitmq: { replicas: 3, storage: "50Gi", memory: "4Gi" },
      redis: { replicas: 3, storage: "20Gi", memory: "4Gi" },
      postgres: { replicas: 3, storage: "100Gi", memory: "8Gi", connectionsMax: 900 },
    },
  },
};

/** Administrators are few: two, so that one is there while the other is replaced. */
const operator = [2, 2] as const;

const DEV_REPLICAS: Partial<Record<ProcessName, readonly [number, number]>> = {
  "scan-worker": [2, 4],
  operator,
};

const PROD_REPLICAS: Partial<Record<ProcessName, readonly [number, number]>> = {
  gatekeeper: [3, 6],
  events: [3, 8],
  scan: [3, 8],
  "scan-worker": [3, 12],
  operator,
};
