import { stringify } from "yaml";
import { applications } from "./argo.ts";
import { namespaces, settingsMap } from "./names.ts";
import { OVERLAY_NAMES, OVERLAYS, type Overlay, type OverlayName } from "./overlays.ts";
import { namespacesOf, policies } from "./policies.ts";
import { postgres } from "./postgres.ts";
import { pubsub } from "./pubsub.ts";
import { rabbitmqCluster, topology } from "./rabbitmq.ts";
import { redis } from "./redis.ts";
import { idOf, type Resource } from "./resource.ts";
import { routes } from "./routes.ts";
import { scalers } from "./scalers.ts";
import { secrets } from "./secrets.ts";
import { certificateAuthority, tls } from "./tls.ts";
import { migrate, processes } from "./workloads.ts";

/** One idea each: the file's name, the wave Argo CD applies it in, and what is in it. */
const GROUPS: readonly [file: string, wave: number, make: (overlay: Overlay) => Resource[]][] = [
  ["namespaces", -50, namespacesOf],
  ["policies", -40, policies],
  ["secrets", -40, secrets],
  ["tls", -40, tls],
  ["rabbitmq", -30, rabbitmqCluster],
  ["redis", -30, redis],
  ["pubsub", -30, pubsub],
  ["postgres", -30, postgres],
  ["topology", -20, topology],
  ["migrate", -10, migrate],
  ["processes", 0, processes],
  ["scalers", 10, scalers],
  ["routes", 20, routes],
];

/** The resources of an overlay, by file. */
export function resourcesOf(overlay: Overlay): Map<string, Resource[]> {
  const hasFanOut = overlay.settings.EVENTS_SOURCE === "pubsub";
  return new Map(
    GROUPS.map(([file, wave, make]) => {
      const made = make(overlay).filter((one) => hasFanOut || !isOfFanOut(one));
      return [file, made.map((one) => inWave(one, wave))];
    }),
  );
}

const ofFanOut = ["event-router", "pubsub", "pubsub-tls", "redis-scaler"];

function isOfFanOut({ kind, metadata }: Resource): boolean {
  if (kind === "TriggerAuthentication") return metadata?.name === "redis";
  return ofFanOut.includes(metadata?.name ?? "");
}

function inWave(resource: Resource, wave: number): Resource {
  const { annotations } = resource.metadata ?? {};
  const metadata = {
    ...resource.metadata,
    annotations: { ...annotations, "argocd.argoproj.io/sync-wave": String(wave) },
  };
  return { ...resource, metadata };
}

/**
 * Every file below `infra/k8s`, by its path. The base has what is the same in all overlays, and an overlay the
 * rest as a whole: there is no patch, so what is applied can be read.
 */
export function renderTree(
  overlays: Readonly<Record<OverlayName, Overlay>> = OVERLAYS,
): ReadonlyMap<string, string> {
  const all = OVERLAY_NAMES.map((name) => resourcesOf(overlays[name]));
  const isShared = (file: string, one: Resource) => all.every((made) => has(made.get(file), one));
  const tree = new Map<string, string>();
  const put = (folder: string, made: Map<string, Resource[]>, options: object) => {
    const files = [...made].filter(([, resources]) => resources.length > 0);
    for (const [file, resources] of files) tree.set(`${folder}/${file}.yaml`, toYaml(resources));
    const inFolder = files.map(([file]) => `${file}.yaml`);
    tree.set(`${folder}/kustomization.yaml`, toYaml([kustomization(inFolder, options)]));
  };
  const part = (made: Map<string, Resource[]>, shared: boolean) =>
    new Map(
      [...made].map(([file, some]) => [file, some.filter((one) => isShared(file, one) === shared)]),
    );

  put("base", part(all[0] ?? new Map(), true), {});
  for (const [i, name] of OVERLAY_NAMES.entries()) {
    const overlay = overlays[name];
    put(`overlays/${name}`, part(all[i] ?? new Map(), false), overlayOptions(overlay));
    const lines = Object.entries(overlay.settings).map(([key, value]) => `${key}=${value}\n`);
    tree.set(`overlays/${name}/${settingsFile}`, lines.join(""));
    put(`argo/${name}`, new Map([["applications", applications(overlay)]]), {});
  }
  tree.set("operators/rabbitmq/authority.yaml", toYaml(certificateAuthority()));
  return tree;
}

function has(resources: readonly Resource[] | undefined, one: Resource): boolean {
  const text = JSON.stringify(one);
  return (
    resources?.some((other) => idOf(other) === idOf(one) && JSON.stringify(other) === text) === true
  );
}

const settingsFile = "settings.env";

function overlayOptions({ images: { registry, digests } }: Overlay) {
  const names = ["edge", "worker", "operator"] as const;
  return {
    base: ["../../base"],
    // Under a name that changes with its content, so that processes are started anew.
    configMapGenerator: [{ name: settingsMap, namespace: namespaces.apps, envs: [settingsFile] }],
    images: names.map((name) => ({
      name: `eco2/${name}`,
      ...(registry ? { newName: `${registry}/${name}` } : {}),
      ...(digests ? { digest: digests[name] } : { newTag: "local" }),
    })),
  };
}

function kustomization(
  files: readonly string[],
  { base = [], ...options }: { base?: readonly string[] },
) {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [...base, ...files],
    ...options,
  };
}

const header =
  "# Rendered by `bun run manifests` from infra/k8s/*.ts: what is changed here is overwritten.\n";

function toYaml(documents: readonly object[]): string {
  // Without aliases, and every text that could be read as something else in quotes.
  const options = { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" } as const;
  return header + documents.map((one) => stringify(one, options)).join("---\n");
}
