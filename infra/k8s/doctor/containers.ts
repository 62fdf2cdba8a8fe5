import type { IIoK8sApiCoreV1PodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import type { Container, PodSpec } from "../pod.ts";
import { EVENT_ROUTER, type Program, SERVICES, VERBS, WORKER } from "../processes.ts";
import type { Resource } from "../resource.ts";
import { ofKind } from "./facts.ts";

/** A pod template of an overlay, and what its first container runs. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly kind: Resource["kind"];
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  readonly container: Container;
  /** Undefined for a program of others. */
  readonly program: Program | undefined;
}

export function workloadsOf(resources: readonly Resource[]): Workload[] {
  const jobs = [
    ...ofKind(resources, "Job"),
    ...ofKind(resources, "CronJob").map(({ kind, metadata, spec }) => ({
      kind,
      metadata,
      spec: spec?.jobTemplate.spec,
    })),
  ];
  const owners = [...ofKind(resources, "Deployment"), ...ofKind(resources, "StatefulSet"), ...jobs];
  return owners.flatMap(({ kind, metadata, spec }) => toWorkload(kind, metadata, spec?.template));
}

function toWorkload(
  kind: Workload["kind"],
  meta: Resource["metadata"],
  template: IIoK8sApiCoreV1PodTemplateSpec | undefined,
): Workload[] {
  const pod = template?.spec;
  const [container] = pod?.containers ?? [];
  if (!pod || !container) return [];
  const { name = "", namespace = "" } = meta ?? {};
  const labels = template.metadata?.labels ?? {};
  return [{ kind, name, namespace, labels, pod, container, program: programOf(container) }];
}

/** By what the container is told to run, not by what it is called. */
function programOf({ image = "", args = [] }: Container): Program | undefined {
  const services: Readonly<Record<string, Program>> = { ...SERVICES, "event-router": EVENT_ROUTER };
  const verbs: Readonly<Record<string, Program>> = VERBS;
  const [, repository = ""] = /([^/]+\/[^/:@]+)(?:[:@].*)?$/.exec(image) ?? [];
  const [first = ""] = args;
  if (repository === "eco2/worker") return WORKER;
  if (repository === "eco2/operator") return verbs[first];
  const [, service = ""] = /^services\/([\w-]+)\/main\.ts$/.exec(first) ?? [];
  return repository === "eco2/edge" ? services[service] : undefined;
}

/** What a process of the worker takes. */
export function queuesOf({ args = [] }: Container): string[] {
  const [flag, queues = ""] = args;
  return flag === "--queues" ? queues.split(",") : [];
}
