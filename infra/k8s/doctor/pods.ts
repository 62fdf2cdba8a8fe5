import { createHealthApp } from "#lib/http/health.ts";
import { stopDeadlineDefaultMs } from "#lib/process/run-process.ts";
import { stopDeadlineMs } from "../../../services/worker/config.ts";
import { namespaces, STORES, storePorts, storeVariables } from "../names.ts";
import { metricsPortOf, portOf } from "../processes.ts";
import { composeImage } from "../versions.ts";
import { type Workload, workloadsOf } from "./containers.ts";
import { resolve } from "./environment.ts";
import { type Facts, named, type OverlayFacts, ofKind } from "./facts.ts";
import { type ManifestCheck, row } from "./row.ts";

/** Ports, probes, graces, confinement and the network of every pod. */

const add = "infra/k8s/workloads.ts";
const marginS = 5;
/** A last try takes as long as it takes a store not to answer. */
const bootMarginS = 30;
const healthPaths = createHealthApp({}, () => false).routes.map(({ path }) => path);

export function podRows({ overlays, compose }: Facts): ManifestCheck[] {
  return [...overlays.flatMap(overlayRows), ...composeGraceRows(compose)];
}

function overlayRows(overlay: OverlayFacts): ManifestCheck[] {
  const all = workloadsOf(overlay.resources);
  const serving = all.filter(({ program }) => program?.port);
  return [
    ...serving.map((one) => portRow(overlay, one)),
    ...serving.map((one) => graceRow(overlay, one)),
    ...all.map((one) => confinementRow(overlay, one)),
    ...all.filter(({ program }) => program).map((one) => networkRow(overlay, one)),
    ...STORES.map((store) => versionRow(overlay, store)),
    waveRow(overlay),
    releaseRow(overlay, all),
  ];
}

function portRow(overlay: OverlayFacts, one: Workload): ManifestCheck {
  const { resources } = overlay;
  const { name, container, program, labels } = one;
  const wanted = program ? portOf(program) : 0;
  const metricsPort = program ? metricsPortOf(program) : 0;
  const ports = container.ports ?? [];
  const portNamed = (port: string | number | undefined) =>
    ports.find((each) => each.name === port || each.containerPort === port)?.containerPort;
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const probes = { "/livez": [startupProbe, livenessProbe], "/readyz": [readinessProbe] };
  const wrong = Object.entries(probes).flatMap(([path, some]) =>
    some.flatMap((probe) => {
      const get = probe?.httpGet;
      const isRight =
        get?.path === path && healthPaths.includes(path) && portNamed(get.port) === wanted;
      return isRight ? [] : [`a probe asks ${get?.path ?? "nothing"} at ${get?.port}, not ${path}`];
    }),
  );
  const service = named(resources, "Service", name)?.spec;
  const target = service?.ports?.[0]?.targetPort;
  const metrics = ofKind(resources, "PodMonitor").filter(({ spec }) =>
    spec.selector.matchExpressions?.every(({ key, values }) => values?.includes(labels[key] ?? "")),
  );
  const scraped = metrics.flatMap(({ spec }) => spec.podMetricsEndpoints ?? []);
  const isScraped = scraped.some(
    ({ port, path = "/metrics" }) => portNamed(port) === metricsPort && path === "/metrics",
  );
  const mayCall = (namespace: string, port: number) =>
    ingressFrom(resources, labels, namespace).includes(port);
  const isRouted = service?.ports?.some(({ targetPort }) => portNamed(targetPort) === metricsPort);
  const bootS = Number(resolve(overlay, one).variables.BOOT_WAIT_S ?? 0);
  const startS = (startupProbe?.periodSeconds ?? 10) * (startupProbe?.failureThreshold ?? 3);
  return row(
    `${overlay.name} port of ${name}`,
    { used: program?.port ?? "", add },
    [
      !ports.some(({ containerPort }) => containerPort === wanted) &&
        `the container has no port ${wanted}`,
      ...wrong,
      program?.port === "PORT" &&
        (!service || portNamed(target) !== wanted) &&
        "its Service leads elsewhere",
      !isScraped && "its metrics are not scraped",
      isRouted && "its Service leads to its metrics",
      program?.port === "PORT" &&
        !mayCall(namespaces.gateway, wanted) &&
        "no network policy lets the gateway in",
      !mayCall(namespaces.monitoring, metricsPort) && "no network policy lets Prometheus in",
      mayCall(namespaces.gateway, metricsPort) && "the gateway may ask for its metrics",
      startS < bootS + bootMarginS && `it is killed after ${startS} s while it waits for ${bootS}`,
    ],
    `${wanted}: container, probes, ${service ? "Service, " : ""}network policy; metrics at ${metricsPort}`,
  );
}

/** Policies whose pods these labels are of. */
function policiesOf(
  resources: readonly OverlayFacts["resources"][number][],
  one: Pick<Workload, "labels" | "namespace">,
) {
  return ofKind(resources, "NetworkPolicy").filter(
    ({ metadata, spec }) =>
      metadata?.namespace === one.namespace &&
      Object.entries(spec?.podSelector?.matchLabels ?? {}).every(
        ([key, value]) => one.labels[key] === value,
      ),
  );
}

/** Ports that pods of a namespace may call. */
function ingressFrom(
  resources: OverlayFacts["resources"],
  labels: Workload["labels"],
  namespace: string,
) {
  return policiesOf(resources, { labels, namespace: namespaces.apps })
    .flatMap(({ spec }) => spec?.ingress ?? [])
    .filter(({ from = [] }) =>
      from.some(
        ({ namespaceSelector }) =>
          namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] === namespace,
      ),
    )
    .flatMap(({ ports = [] }) => ports.map(({ port }) => port));
}

function graceRow(
  { name: overlay }: OverlayFacts,
  { name, pod, container, program }: Workload,
): ManifestCheck {
  const graceS = pod.terminationGracePeriodSeconds ?? 30;
  const preStopS = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const deadlineS = (program?.stopDeadlineMs ?? 0) / 1_000;
  const needsS = preStopS + deadlineS + marginS;
  return row(
    `${overlay} grace of ${name}`,
    { used: "lib/process/run-process.ts, services/*/config.ts", add },
    [
      graceS < needsS && `${graceS} s, and it needs ${needsS}`,
      program?.port === "PORT" &&
        preStopS < marginS &&
        "proxies are not given 5 s to hear of its end",
    ],
    `${graceS} s for ${preStopS} + ${deadlineS} + ${marginS}`,
  );
}

function composeGraceRows(compose: Facts["compose"]): ManifestCheck[] {
  const deadlines = { edge: stopDeadlineDefaultMs, worker: stopDeadlineMs } as const;
  return (["edge", "worker"] as const).map((name) => {
    const graceS = Number.parseInt(compose[name].stop_grace_period ?? "10", 10);
    const needsS = deadlines[name] / 1_000 + marginS;
    const problem = graceS < needsS && `${graceS} s, and it needs ${needsS}`;
    const place = { used: "lib/process/run-process.ts", add: "compose.yaml" };
    return row(`compose grace of ${name}`, place, [problem], `${graceS} s`);
  });
}

/** Pod Security's `restricted`, a root nobody writes to, and an image that stays what it is. */
function confinementRow(
  { name: overlay }: OverlayFacts,
  { name, pod, labels, program }: Workload,
): ManifestCheck {
  const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext ?? {};
  const problems = pod.containers.flatMap(
    ({ name: one, securityContext, resources, image = "" }) => {
      const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } =
        securityContext ?? {};
      const isPinned = /@sha256:[0-9a-f]{64}$|:[\w.-]*\d[\w.-]*$/.test(image);
      return [
        allowPrivilegeEscalation !== false && `${one} may gain privileges`,
        !readOnlyRootFilesystem && `${one} writes to its root`,
        !capabilities?.drop?.includes("ALL") && `${one} keeps capabilities`,
        !resources?.limits?.memory && `${one} has no limit of memory`,
        !(isPinned || (overlay === "local" && image.endsWith(":local"))) &&
          `${image} is not pinned`,
        program && overlay !== "local" && !image.includes("@sha256:") && `${image} has no digest`,
      ];
    },
  );
  return row(
    `${overlay} confinement of ${name}`,
    { used: "the namespace's Pod Security level", add: "infra/k8s/pod.ts" },
    [
      !runAsNonRoot && "it may be root",
      program && runAsUser !== 1_000 && "it is not the images' user 1000",
      seccompProfile?.type !== "RuntimeDefault" && "it has no seccomp profile",
      pod.automountServiceAccountToken !== false && "it can call the API server",
      Object.keys(labels).length === 0 && "no policy can select it",
      ...problems,
    ],
    `user ${runAsUser}, restricted, read-only`,
  );
}

/** Everything is closed by default, and open to the stores its environment names. */
function networkRow(overlay: OverlayFacts, one: Workload): ManifestCheck {
  const policies = policiesOf(overlay.resources, one);
  const isClosed = policies.some(
    ({ spec }) =>
      Object.keys(spec?.podSelector?.matchLabels ?? {}).length === 0 &&
      spec?.policyTypes?.length === 2 &&
      !spec.ingress?.length &&
      !spec.egress?.length,
  );
  const out = policies.flatMap(({ spec }) => spec?.egress ?? []);
  const opened = out.flatMap(({ ports }) => ports ?? []).map(({ port }) => port);
  const { variables } = resolve(overlay, one);
  const closed = STORES.filter(
    (store) => variables[storeVariables[store]] && !opened.includes(storePorts[store]),
  );
  return row(
    `${overlay.name} network of ${one.name}`,
    { used: "the URLs of its environment", add: "infra/k8s/policies.ts" },
    [
      !isClosed && "not closed by default",
      !opened.includes(53) && "it cannot resolve a name",
      ...closed.map((store) => `it may not call ${store}`),
    ],
    "closed, but for its stores and names",
  );
}

/** The cluster's stores are of compose's versions: what is tested is what runs. */
function versionRow(
  { name, resources }: OverlayFacts,
  store: (typeof STORES)[number],
): ManifestCheck {
  const image = {
    postgres: named(resources, "Cluster", "postgres")?.spec.imageName,
    redis: named(resources, "StatefulSet", "redis-node")?.spec?.template.spec?.containers[0]?.image,
    rabbitmq: named(resources, "RabbitmqCluster", "rabbitmq")?.spec.image,
  }[store];
  const [found, wanted] = [image, composeImage(store)].map(
    (text = "") => /:([\d.]+)/.exec(text)?.[1],
  );
  const place = { used: "compose.yaml", add: "infra/k8s/versions.ts" };
  return row(
    `${name} version of ${store}`,
    place,
    [found !== wanted && `${found}, and compose has ${wanted}`],
    `${found}`,
  );
}

/** What refuses to start without another comes after it. */
function waveRow({ name, resources }: OverlayFacts): ManifestCheck {
  const key = "argocd.argoproj.io/sync-wave";
  const waves = (kinds: readonly string[]) =>
    resources
      .filter((one) => kinds.includes(one.kind) && one.metadata?.annotations?.[key])
      .map((one) => Number(one.metadata?.annotations?.[key]));
  const inOrder = [
    ["Namespace"],
    ["Secret", "ExternalSecret", "Certificate"],
    ["RabbitmqCluster", "Cluster", "StatefulSet"],
    ["Vhost", "Queue", "Permission"],
    ["Job"],
    ["ScaledObject"],
    ["VirtualService"],
  ];
  const problems = inOrder.slice(1).flatMap((kinds, i) => {
    const before = inOrder[i] ?? [];
    const isLater = Math.max(...waves(before)) < Math.min(...waves(kinds));
    return isLater ? [] : [`${kinds.join(", ")} not after ${before.join(", ")}`];
  });
  const job = named(resources, "Job", "migrate")?.metadata?.annotations ?? {};
  const first = Math.min(...waves(["Deployment"]).filter((wave) => wave > -30));
  return row(
    `${name} sync waves`,
    {
      used: "lib/db/client.ts refuses a database that is not migrated",
      add: "infra/k8s/render.ts",
    },
    [
      ...problems,
      Number(job[key]) >= first && "processes do not come after the migration",
      job["argocd.argoproj.io/hook"] !== "Sync" && "the migration is not a hook of the sync itself",
    ],
    "namespaces, secrets, stores, topology, migration, processes, scalers, routes",
  );
}

/** Before the first release there is no image to name: nothing is wrong, and nothing can be deployed. */
function releaseRow({ name }: OverlayFacts, workloads: readonly Workload[]): ManifestCheck {
  const place = { used: "the registry", add: "infra/k8s/release.json" };
  const images = workloads.flatMap(({ container: { image = "" } }) =>
    /\beco2\/\w+[:@]/.test(image) ? [image] : [],
  );
  const unset = images.filter((image) => /^0{12}\.|:0{64}$/.test(image));
  const title = `${name} release`;
  if (unset.length === 0) return row(title, place, [], `${new Set(images).size} images`);
  const detail = `no account and no image is noted yet: overlays.ts, then bun run manifests --release ${name} …`;
  return { name: title, state: "skipped", detail, ...place };
}
