import { FAULTS } from "#lib/error/fault-table.ts";
import { namespaces } from "./names.ts";
import { pathsOf } from "./operations.ts";
import type { Overlay } from "./overlays.ts";
import { portOf, SERVICES, type ServiceName } from "./processes.ts";
import { at, make, type Resource } from "./resource.ts";

/** From the gateway to the services: every operation to the one that has it, and nothing else. */

const { apps, gateway } = namespaces;
const gatewayLabels = { istio: "ingress" };
export const provider = "eco2-gatekeeper";
/** Shorter than `idleTimeoutS` of `lib/http/serve.ts`: else a request meets a connection's end. */
const idleTimeout = "30s";
const timeout = "30s";

export function routes(overlay: Overlay): Resource[] {
  const host = new URL(overlay.settings.PUBLIC_URL ?? "").hostname;
  const http = [...routeTable().map(toHttpRoute), notFound];
  const port = { number: 80, name: "http", protocol: "HTTP" };
  const pool = { connectionPool: { http: { idleTimeout } } };
  return [
    make("Gateway", at(gateway, "eco2"), {
      spec: { selector: gatewayLabels, servers: [{ port, hosts: [`${apps}/${host}`] }] },
    }),
    make("AuthorizationPolicy", at(gateway, provider), {
      spec: {
        selector: { matchLabels: gatewayLabels },
        action: "CUSTOM",
        provider: { name: provider },
        // Of every request, whatever its path.
        rules: [{}],
      },
    }),
    make("VirtualService", at(apps, "eco2"), {
      spec: { gateways: [`${gateway}/eco2`], hosts: [host], http },
    }),
    ...Object.keys(SERVICES).map((name) =>
      make("DestinationRule", at(apps, name), {
        spec: { host: hostOf(name), trafficPolicy: pool },
      }),
    ),
    ...(overlay.aws ? [loadBalancer(overlay.aws, host)] : [localName(host)]),
  ];
}

const hostOf = (name: string) => `${name}.${apps}.svc.cluster.local`;

/** Paths of one service; a stream is open for as long as its client likes. */
export interface Route {
  readonly service: ServiceName;
  readonly isStream: boolean;
  /** A parameter is one segment. */
  readonly uris: readonly ({ readonly exact: string } | { readonly regex: string })[];
}

/** Every operation, and nothing else. The first match wins. Proxies of other kinds are given the same. */
export function routeTable(): Route[] {
  const called = Object.keys(SERVICES).filter((name): name is ServiceName => name !== "gatekeeper");
  const isStream = (path: string) => /\/(?:stream|events)$/.test(path);
  return called
    .flatMap((service) => {
      const paths = pathsOf(service);
      return [
        { service, isStream: true, uris: paths.filter(isStream).map(toUri) },
        { service, isStream: false, uris: paths.filter((path) => !isStream(path)).map(toUri) },
      ];
    })
    .filter(({ uris }) => uris.length > 0);
}

function toUri(path: string) {
  if (!path.includes(":")) return { exact: path };
  return { regex: path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+") };
}

function toHttpRoute({ service, isStream, uris }: Route) {
  const destination = { host: hostOf(service), port: { number: portOf(SERVICES[service]) } };
  return {
    name: isStream ? `${service}-streams` : service,
    match: uris.map((uri) => ({ uri })),
    route: [{ destination }],
    // What was sent twice might be done twice.
    retries: { attempts: 0 },
    timeout: isStream ? "0s" : timeout,
  };
}

const { status, title } = FAULTS.NOT_FOUND;
const problem = { type: "/api/v1/docs/NOT_FOUND", title, status, code: "NOT_FOUND" };
const notFound = {
  name: "not-found",
  directResponse: { status, body: { string: JSON.stringify(problem) } },
  headers: { response: { set: { "content-type": "application/problem+json; charset=utf-8" } } },
};

/** Ends TLS, and keeps an idle connection for less than the gateway does (1 h). */
function loadBalancer({ certificate_arn }: NonNullable<Overlay["aws"]>, host: string): Resource {
  const annotations = {
    "alb.ingress.kubernetes.io/scheme": "internet-facing",
    "alb.ingress.kubernetes.io/target-type": "ip",
    "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
    "alb.ingress.kubernetes.io/ssl-redirect": "443",
    "alb.ingress.kubernetes.io/certificate-arn": certificate_arn,
    "alb.ingress.kubernetes.io/healthcheck-port": "15021",
    "alb.ingress.kubernetes.io/healthcheck-path": "/healthz/ready",
    "alb.ingress.kubernetes.io/load-balancer-attributes": "idle_timeout.timeout_seconds=60",
  };
  const backend = { service: { name: "istio-ingress", port: { number: 80 } } };
  const http = { paths: [{ path: "/", pathType: "Prefix" as const, backend }] };
  return make("Ingress", at(gateway, "eco2", { annotations }), {
    spec: { ingressClassName: "alb", rules: [{ host, http }] },
  });
}

/** Pods read photos where clients do. */
function localName(name: string): Resource {
  const externalName = `istio-ingress.${gateway}.svc.cluster.local`;
  return make("Service", at(apps, name), { spec: { type: "ExternalName", externalName } });
}
