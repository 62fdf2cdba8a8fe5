import { authenticationHeaders, devUserHeader } from "#lib/token/authenticate.ts";
import { checkPrefix, proxiedHeaders } from "../../services/gatekeeper/adapters/http.ts";
import { alertRoute } from "../observe/rules.ts";
import { namespaces, roleAnnotation } from "./names.ts";
import type { Overlay } from "./overlays.ts";
import { portOf, SERVICES } from "./processes.ts";
import { provider } from "./routes.ts";

/** What has to be in the cluster before: each a chart, or a folder of this repository. */
export interface Operator {
  readonly name: string;
  readonly namespace: string;
  readonly source:
    | { readonly repoURL: string; readonly chart: string; readonly targetRevision: string }
    | { readonly path: string };
  readonly values?: Readonly<Record<string, unknown>>;
}

const chart = (repoURL: string, name: string, targetRevision: string) => ({
  repoURL,
  chart: name,
  targetRevision,
});
const istio = (name: string) =>
  chart("https://istio-release.storage.googleapis.com/charts", name, "1.27.3");

export function operators(overlay: Overlay): Operator[] {
  const everywhere: Operator[] = [
    {
      name: "cert-manager",
      namespace: namespaces.certManager,
      source: chart("https://charts.jetstack.io", "cert-manager", "v1.18.2"),
      values: { crds: { enabled: true } },
    },
    {
      name: "keda",
      namespace: namespaces.keda,
      source: chart("https://kedacore.github.io/charts", "keda", "2.17.2"),
    },
    {
      name: "postgres-operator",
      namespace: namespaces.postgresOperator,
      source: chart("https://cloudnative-pg.github.io/charts", "cloudnative-pg", "0.26.0"),
    },
    {
      name: "rabbitmq-operators",
      namespace: namespaces.rabbitmqOperator,
      source: { path: "infra/k8s/operators/rabbitmq" },
    },
    {
      name: "monitoring",
      namespace: namespaces.monitoring,
      source: chart(
        "https://prometheus-community.github.io/helm-charts",
        "kube-prometheus-stack",
        "77.6.0",
      ),
      values: {
        prometheus: {
          prometheusSpec: {
            podMonitorSelectorNilUsesHelmValues: false,
            ruleSelectorNilUsesHelmValues: false,
          },
        },
        alertmanager: { config: alertRoute },
      },
    },
    { name: "istio-base", namespace: "istio-system", source: istio("base") },
    {
      name: "istiod",
      namespace: "istio-system",
      source: istio("istiod"),
      values: { meshConfig: meshConfig(overlay) },
    },
    {
      name: "istio-ingress",
      namespace: namespaces.gateway,
      source: istio("gateway"),
      // Behind a load balancer on AWS; elsewhere by a port of the node.
      values: { service: { type: overlay.aws ? "ClusterIP" : "NodePort" } },
    },
  ];
  return overlay.aws ? [...everywhere, ...onAws(overlay.aws)] : everywhere;
}

/** Every request is checked by the gatekeeper, and none passes while it does not answer. */
function meshConfig({ settings }: Overlay) {
  const dev = settings.AUTH_MODE === "dev" ? [devUserHeader] : [];
  return {
    extensionProviders: [
      {
        name: provider,
        envoyExtAuthzHttp: {
          service: `gatekeeper.${namespaces.apps}.svc.cluster.local`,
          port: portOf(SERVICES.gatekeeper),
          timeout: "1s",
          failOpen: false,
          statusOnError: "503",
          pathPrefix: checkPrefix,
          includeRequestHeadersInCheck: [...authenticationHeaders, ...dev],
          headersToUpstreamOnAllow: proxiedHeaders.upstream,
          headersToDownstreamOnDeny: proxiedHeaders.downstream,
        },
      },
    ],
  };
}

function onAws(aws: NonNullable<Overlay["aws"]>): Operator[] {
  const as = (role: string) => ({ annotations: { [roleAnnotation]: role } });
  return [
    {
      name: "external-secrets",
      namespace: "external-secrets",
      source: chart("https://charts.external-secrets.io", "external-secrets", "0.19.2"),
      values: { serviceAccount: as(aws.secrets_role_arn) },
    },
    {
      name: "external-dns",
      namespace: "external-dns",
      source: chart("https://kubernetes-sigs.github.io/external-dns", "external-dns", "1.18.0"),
      values: {
        sources: ["ingress"],
        domainFilters: [aws.domain],
        serviceAccount: as(aws.dns_role_arn),
      },
    },
    {
      name: "aws-load-balancer-controller",
      namespace: "kube-system",
      source: chart("https://aws.github.io/eks-charts", "aws-load-balancer-controller", "1.13.4"),
      values: {
        clusterName: aws.cluster_name,
        serviceAccount: {
          name: "aws-load-balancer-controller",
          ...as(aws.load_balancer_role_arn),
        },
      },
    },
    {
      name: "metrics-server",
      namespace: "kube-system",
      source: chart("https://kubernetes-sigs.github.io/metrics-server", "metrics-server", "3.13.0"),
    },
  ];
}
