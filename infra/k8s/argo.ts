import { namespaces } from "./names.ts";
import { type Operator, operators } from "./operators.ts";
import type { Overlay } from "./overlays.ts";
import { at, make, type Resource } from "./resource.ts";

/** The app of apps: it installs the operators, and then the system in the waves that its resources name. */

const namespace = "argocd";
const repoURL = "https://github.com/eco2-team/eco2.git";
const targetRevision = "main";
const project = "eco2";

export function applications(overlay: Overlay): Resource[] {
  return [
    make("AppProject", at(namespace, project), {
      spec: {
        sourceRepos: ["*"],
        destinations: [{ server: "*", namespace: "*" }],
        clusterResourceWhitelist: [{ group: "*", kind: "*" }],
      },
    }),
    application("root", namespace, { path: `infra/k8s/argo/${overlay.name}` }, 0),
    ...operators(overlay).map(({ name, namespace: into, source, values }) =>
      application(name, into, source, 1, values),
    ),
    // On a machine of one's own `kubectl apply -k` applies what lies there, committed or not.
    ...(overlay.aws
      ? [application("eco2", namespaces.apps, { path: `infra/k8s/overlays/${overlay.name}` }, 2)]
      : []),
  ];
}

type Source = Operator["source"];

function application(
  name: string,
  into: string,
  source: Source,
  wave: number,
  values?: Operator["values"],
): Resource {
  const helm = values ? { helm: { valuesObject: { ...values } } } : {};
  const annotations = { "argocd.argoproj.io/sync-wave": String(wave) };
  return make("Application", at(namespace, name, { annotations }), {
    spec: {
      project,
      source: "chart" in source ? { ...source, ...helm } : { repoURL, targetRevision, ...source },
      destination: { server: "https://kubernetes.default.svc", namespace: into },
      // The scalers say how many there are.
      ignoreDifferences: [{ group: "apps", kind: "Deployment", jsonPointers: ["/spec/replicas"] }],
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: [
          "CreateNamespace=true",
          "ServerSideApply=true",
          "RespectIgnoreDifferences=true",
          // A kind may be defined by an operator that is still being installed.
          "SkipDryRunOnMissingResource=true",
        ],
        retry: { limit: -1, backoff: { duration: "10s", factor: 2, maxDuration: "3m" } },
      },
    },
  });
}
