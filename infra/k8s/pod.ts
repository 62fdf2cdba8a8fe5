import type { IIoK8sApiCoreV1Container } from "kubernetes-models/v1/Container";
import type { IIoK8sApiCoreV1PodSpec } from "kubernetes-models/v1/PodSpec";
import { nameLabel, partOf, roleLabel } from "./names.ts";
import { make, type Resource } from "./resource.ts";

/** What every pod here is like: Pod Security's `restricted`, and a root that nothing can write to. */

export type Container = IIoK8sApiCoreV1Container;
export type PodSpec = IIoK8sApiCoreV1PodSpec;

export function labelsOf(name: string, role: string): Record<string, string> {
  return { ...partOf, [nameLabel]: name, [roleLabel]: role };
}

export function selectorOf(name: string): { matchLabels: Record<string, string> } {
  return { matchLabels: { [nameLabel]: name } };
}

/** @param uid as the image has it; `gid` also owns its volumes */
export function restricted(uid = 1_000, gid = uid): Pick<PodSpec, "securityContext"> {
  return {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: gid,
      fsGroup: gid,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

export const confined: Pick<Container, "securityContext"> = {
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

/** Over zones and over nodes, as far as there are some. */
export function spread(name: string): Pick<PodSpec, "topologySpreadConstraints"> {
  const keys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];
  return {
    topologySpreadConstraints: keys.map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: selectorOf(name),
    })),
  };
}

/** No CPU limit: a throttled process misses deadlines while its node is idle. */
export function sized(
  cpu: string,
  memory: string,
  memoryMax: string,
): Pick<Container, "resources"> {
  return { resources: { requests: { cpu, memory }, limits: { memory: memoryMax } } };
}

/** One pod at a time, wherever there is one more. */
export function budget(metadata: { name: string; namespace: string }): Resource {
  const spec = { maxUnavailable: 1, selector: selectorOf(metadata.name) };
  return make("PodDisruptionBudget", metadata, { spec });
}
