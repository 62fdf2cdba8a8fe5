import type { IApplication, IAppProject } from "@kubernetes-models/argo-cd/argoproj.io/v1alpha1";
import type {
  ICertificate,
  IClusterIssuer,
} from "@kubernetes-models/cert-manager/cert-manager.io/v1";
import type {
  IClusterSecretStore,
  IExternalSecret,
} from "@kubernetes-models/external-secrets/external-secrets.io/v1";
import type {
  IDestinationRule,
  IGateway,
  IVirtualService,
} from "@kubernetes-models/istio/networking.istio.io/v1";
import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1";
import type {
  IScaledObject,
  ITriggerAuthentication,
} from "@kubernetes-models/keda/keda.sh/v1alpha1";
import type {
  IPodMonitor,
  IPrometheusRule,
} from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import type { IDeployment, IStatefulSet } from "kubernetes-models/apps/v1";
import type { ICronJob, IJob } from "kubernetes-models/batch/v1";
import type { IIngress, INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { IStorageClass } from "kubernetes-models/storage.k8s.io/v1";
import type {
  IConfigMap,
  INamespace,
  IPersistentVolumeClaim,
  ISecret,
  IService,
  IServiceAccount,
} from "kubernetes-models/v1";
import type { Meta, OwnResource } from "./operator-types.ts";

/**
 * Every kind the manifests have. The compiler refuses a field that a kind does not have; the packages' own
 * `validate()` would let it pass.
 */
export type Resource =
  | IApplication
  | IAppProject
  | IAuthorizationPolicy
  | ICertificate
  | IClusterIssuer
  | IClusterSecretStore
  | IConfigMap
  | ICronJob
  | IDeployment
  | IDestinationRule
  | IExternalSecret
  | IGateway
  | IIngress
  | IJob
  | INamespace
  | INetworkPolicy
  | IPersistentVolumeClaim
  | IPodDisruptionBudget
  | IPodMonitor
  | IPrometheusRule
  | IScaledObject
  | ISecret
  | IService
  | IServiceAccount
  | IStatefulSet
  | IStorageClass
  | ITriggerAuthentication
  | IVirtualService
  | OwnResource;

export type Kind = Resource["kind"];

/** The API version of each kind: what is read or written and not here is refused. */
export const KINDS: { readonly [K in Kind]: Extract<Resource, { kind: K }>["apiVersion"] } = {
  Application: "argoproj.io/v1alpha1",
  AppProject: "argoproj.io/v1alpha1",
  AuthorizationPolicy: "security.istio.io/v1",
  Binding: "rabbitmq.com/v1beta1",
  Certificate: "cert-manager.io/v1",
  Cluster: "postgresql.cnpg.io/v1",
  ClusterIssuer: "cert-manager.io/v1",
  ClusterSecretStore: "external-secrets.io/v1",
  ConfigMap: "v1",
  CronJob: "batch/v1",
  Deployment: "apps/v1",
  DestinationRule: "networking.istio.io/v1",
  Exchange: "rabbitmq.com/v1beta1",
  ExternalSecret: "external-secrets.io/v1",
  Gateway: "networking.istio.io/v1",
  Ingress: "networking.k8s.io/v1",
  Job: "batch/v1",
  Namespace: "v1",
  NetworkPolicy: "networking.k8s.io/v1",
  Permission: "rabbitmq.com/v1beta1",
  PersistentVolumeClaim: "v1",
  PodDisruptionBudget: "policy/v1",
  PodMonitor: "monitoring.coreos.com/v1",
  PrometheusRule: "monitoring.coreos.com/v1",
  Queue: "rabbitmq.com/v1beta1",
  RabbitmqCluster: "rabbitmq.com/v1beta1",
  ScaledObject: "keda.sh/v1alpha1",
  Secret: "v1",
  Service: "v1",
  ServiceAccount: "v1",
  StatefulSet: "apps/v1",
  StorageClass: "storage.k8s.io/v1",
  TriggerAuthentication: "keda.sh/v1alpha1",
  User: "rabbitmq.com/v1beta1",
  Vhost: "rabbitmq.com/v1beta1",
  VirtualService: "networking.istio.io/v1",
};

/** @throws for a kind, or a version of one, that is not in `KINDS`. */
export function checkKind(resource: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: Meta;
}): asserts resource is Resource {
  const { apiVersion, kind, metadata } = resource;
  const known: Readonly<Record<string, string>> = KINDS;
  if (known[kind] === apiVersion && metadata?.name) return;
  throw new Error(`unknown kind ${apiVersion}/${kind} (${metadata?.name ?? "without a name"})`);
}

/** What tells a resource from every other one. */
export function idOf({ kind, metadata }: Resource): string {
  return [kind, metadata?.namespace, metadata?.name].filter(Boolean).join("/");
}

type Body<K extends Kind> = Omit<
  Extract<Resource, { kind: K }>,
  "apiVersion" | "kind" | "metadata"
>;

/** Metadata of what lies in a namespace. */
export function at(namespace: string, name: string, more: Meta = {}): Meta {
  return { name, namespace, ...more };
}

/** @example make("Service", at("eco2", "scan"), { spec: { ports: [{ port: 8080 }] } }) */
export function make<K extends Kind>(kind: K, metadata: Meta, body: Body<K>): Resource {
  const resource = { apiVersion: KINDS[kind], kind, metadata, ...body };
  checkKind(resource);
  return resource;
}
