import type * as v from "valibot";
import { ruleGroups } from "../observe/rules.ts";
import {
  awsToken,
  namespaces,
  roleAnnotation,
  roleLabel,
  settingsMap,
  storeVariables,
  trust,
} from "./names.ts";
import type { Overlay } from "./overlays.ts";
import {
  budget,
  type Container,
  confined,
  labelsOf,
  type PodSpec,
  restricted,
  selectorOf,
  sized,
  spread,
} from "./pod.ts";
import {
  type ConfigSchema,
  metricsPortOf,
  PROCESS_NAMES,
  type ProcessName,
  type Program,
  portOf,
  programOf,
  VERBS,
  WORKERS,
} from "./processes.ts";
import { at, make, type Resource } from "./resource.ts";
import { optionalSecretOf, secretOf } from "./secrets.ts";

const namespace = namespaces.apps;

/** Until no proxy sends anything more, after the pod has left its Service: the gateway hears of it within moments. */
export const preStopS = 5;
const marginS = 5;

/** What Kubernetes waits before it kills: the warning, the process's own deadline, and a margin. */
export function graceS({ port, stopDeadlineMs }: Program): number {
  return (port === "PORT" ? preStopS : 0) + stopDeadlineMs / 1_000 + marginS;
}

const roleOf = (name: ProcessName) => (name in WORKERS ? "worker" : "service");

export function processes(overlay: Overlay): Resource[] {
  return [
    ...PROCESS_NAMES.flatMap((name) => [
      deployment(name, overlay),
      budget({ name, namespace }),
      account(name, name === "images" ? overlay.aws?.photos_role_arn : undefined),
      ...(programOf(name).port === "PORT" ? [service(name)] : []),
    ]),
    ...(overlay.settings.IMAGE_STORE === "disk" ? [photosVolume()] : []),
    monitor(),
    alerts(),
    account("doctor"),
    doctor(),
  ];
}

function deployment(name: ProcessName, overlay: Overlay): Resource {
  const program = programOf(name);
  const hasDisk = name === "images" && overlay.settings.IMAGE_STORE === "disk";
  const photos = name === "images" ? photosAccess(overlay) : { volumes: [], mounts: [] };
  const main = mainContainer(name, program);
  const pod: PodSpec = {
    ...podSpec(name, program),
    containers: [{ ...main, volumeMounts: [...(main.volumeMounts ?? []), ...photos.mounts] }],
    volumes: [trustVolume, ...photos.volumes],
  };
  const labels = labelsOf(name, roleOf(name));
  return make("Deployment", at(namespace, name, { labels }), {
    spec: {
      // How many there are is the scaler's to say.
      selector: selectorOf(name),
      strategy: hasDisk
        ? { type: "Recreate" }
        : { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels }, spec: pod },
    },
  });
}

/** A disk of their own, or the token that takes the role of AWS which may read and write the bucket. */
function photosAccess({ settings, aws }: Overlay) {
  const volumes: PodSpec["volumes"] & object = [];
  const mounts: Container["volumeMounts"] & object = [];
  if (settings.IMAGE_STORE === "disk") {
    volumes.push({ name: "photos", persistentVolumeClaim: { claimName: "photos" } });
    mounts.push({ name: "photos", mountPath: "/data/images" });
  }
  if (aws) {
    const { volume: name, folder: mountPath, path, audience } = awsToken;
    const serviceAccountToken = { path, audience, expirationSeconds: 86_400 };
    volumes.push({ name, projected: { sources: [{ serviceAccountToken }] } });
    mounts.push({ name, mountPath, readOnly: true });
  }
  return { volumes, mounts };
}

/**
 * No sidecar: one would end before a worker has drained, and hold a Job open. The gateway is the mesh's edge, and what
 * lies behind it is proved by `INTERNAL_SECRET` and closed by network policies.
 */
function podSpec(name: string, program: Program): Omit<PodSpec, "containers"> {
  const worker = Object.entries(WORKERS).find(([worker]) => worker === name)?.[1];
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: graceS(program),
    ...restricted(),
    ...spread(name),
    ...(worker && {
      nodeSelector: { domain: worker.nodes },
      tolerations: [
        { key: "domain", operator: "Equal", value: worker.nodes, effect: "NoSchedule" },
      ],
    }),
  };
}

/** `/livez` asks nobody: a slow broker must not get a busy process killed. */
function probes(): Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe"> {
  const get = (path: string) => ({ httpGet: { path, port: "http" } });
  return {
    startupProbe: { ...get("/livez"), periodSeconds: 2, failureThreshold: 60 },
    // Longer than a failover of the broker takes: all pods would become unready at once.
    readinessProbe: { ...get("/readyz"), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: { ...get("/livez"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

const trustVolume = {
  name: "trust",
  secret: { secretName: trust.secret, items: [{ key: trust.key, path: trust.key }] },
};

function container(name: string, { image, config }: Program, args: string[]): Container {
  return {
    name,
    image: `eco2/${image}`,
    args,
    env: environment(name, config),
    volumeMounts: [{ name: "trust", mountPath: trust.folder, readOnly: true }],
    ...confined,
  };
}

function mainContainer(name: ProcessName, program: Program): Container {
  const worker = Object.entries(WORKERS).find(([worker]) => worker === name)?.[1];
  const args = worker
    ? ["--queues", worker.queues.join(",")]
    : [`services/${name}/main.ts`, ...(program.args ?? [])];
  return {
    ...container(name, program, args),
    ports: [
      { name: "http", containerPort: portOf(program) },
      { name: "metrics", containerPort: metricsPortOf(program) },
    ],
    ...probes(),
    ...(program.port !== "PORT"
      ? {}
      : { lifecycle: { preStop: { sleep: { seconds: preStopS } } } }),
    ...sizeOf(name),
  };
}

/**
 * Limits as compose has them: what 2 GB hold is photos and replies of the models. Under them `bun run bench users
 * --confined` has 500 users on one process of each: edge, which is all services, has 134 MB, the worker 180 MB and the
 * migration 24 MB.
 */
export function sizeOf(name: ProcessName): Pick<Container, "resources"> {
  if (name === "scan-worker" || name === "chat-worker") return sized("500m", "512Mi", "2Gi");
  // A HEIC takes 400 MB while it is decoded.
  if (name === "images") return sized("200m", "256Mi", "768Mi");
  return name in WORKERS ? sized("100m", "192Mi", "512Mi") : sized("200m", "192Mi", "512Mi");
}

export const verbSize = sized("100m", "128Mi", "256Mi");

/** Every variable its configuration has and no other; one that is no secret and has a default may be missing. */
function environment(process: string, { entries }: ConfigSchema) {
  const variables = Object.entries(entries).map(([name, schema]) =>
    variable(process, name, schema),
  );
  return [...variables, { name: "NODE_EXTRA_CA_CERTS", value: `${trust.folder}/${trust.key}` }];
}

function variable(process: string, name: string, { type }: v.GenericSchema<unknown, unknown>) {
  const secret = secretOf(name, process);
  if (secret) return { name, valueFrom: { secretKeyRef: { name: secret, key: name } } };
  const handMade = optionalSecretOf(name);
  if (handMade) {
    return { name, valueFrom: { secretKeyRef: { name: handMade, key: name, optional: true } } };
  }
  const optional = type === "optional" ? { optional: true } : {};
  return {
    name,
    valueFrom: { configMapKeyRef: { name: settingsMap, key: name, ...optional } },
  };
}

function service(name: ProcessName): Resource {
  const selector = selectorOf(name).matchLabels;
  const ports = [{ name: "http", port: portOf(programOf(name)), targetPort: "http" }];
  return make("Service", at(namespace, name), { spec: { selector, ports } });
}

function account(name: string, role?: string): Resource {
  const meta = role === undefined ? {} : { annotations: { [roleAnnotation]: role } };
  return make("ServiceAccount", at(namespace, name, meta), { automountServiceAccountToken: false });
}

function photosVolume(): Resource {
  const resources = { requests: { storage: "5Gi" } };
  return make("PersistentVolumeClaim", at(namespace, "photos"), {
    spec: { accessModes: ["ReadWriteOnce"], resources },
  });
}

function monitor(): Resource {
  const values = ["service", "worker"];
  return make("PodMonitor", at(namespace, "processes"), {
    spec: {
      selector: { matchExpressions: [{ key: roleLabel, operator: "In", values }] },
      podMetricsEndpoints: [{ port: "metrics", path: "/metrics", interval: "30s" }],
    },
  });
}

function alerts(): Resource {
  return make("PrometheusRule", at(namespace, "alerts"), { spec: { groups: ruleGroups } });
}

/**
 * Before every process, which refuses a database that is not migrated; after the secrets it reads. As a hook it would
 * come too early (PreSync: without a secret) or never (PostSync: no process becomes healthy before it).
 */
export function migrate(): Resource[] {
  const annotations = {
    "argocd.argoproj.io/hook": "Sync",
    "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
  };
  return [
    account("migrate"),
    make("Job", at(namespace, "migrate", { annotations }), {
      spec: { backoffLimit: 10, activeDeadlineSeconds: 900, ...jobTemplate("migrate") },
    }),
  ];
}

/** Looks at the running system; a Job that fails is a breach. Other verbs run as Jobs made from it. */
function doctor(): Resource {
  const job = { backoffLimit: 0, activeDeadlineSeconds: 300, ...jobTemplate("doctor") };
  return make("CronJob", at(namespace, "doctor"), {
    spec: {
      schedule: "*/15 * * * *",
      concurrencyPolicy: "Forbid",
      jobTemplate: { spec: job },
    },
  });
}

function jobTemplate(verb: keyof typeof VERBS) {
  const program = VERBS[verb];
  const pod: PodSpec = {
    ...podSpec(verb, program),
    restartPolicy: verb === "migrate" ? "OnFailure" : "Never",
    containers: [{ ...container(verb, program, [verb]), ...verbSize }],
    volumes: [trustVolume],
  };
  return { template: { metadata: { labels: labelsOf(verb, "operator") }, spec: pod } };
}

/** The stores a program is configured with. */
export function storesOf({ config }: Pick<Program, "config">) {
  const variables: [string, string][] = Object.entries(storeVariables);
  return variables.flatMap(([store, name]) => (name in config.entries ? [store] : []));
}
