import { idleTimeoutS } from "#lib/http/serve.ts";
import { devUserHeader } from "#lib/token/authenticate.ts";
import { checkPrefix, proxiedHeaders } from "../../../services/gatekeeper/adapters/http.ts";
import { namespaces } from "../names.ts";
import { portOf, SERVICE_NAMES, SERVICES, type ServiceName } from "../processes.ts";
import { type Facts, named, type OverlayFacts, ofKind, settingsOf } from "./facts.ts";
import { differences, type ManifestCheck, row } from "./row.ts";

/** What the gateway lets in, and where to; and that the gatekeeper is asked about all of it. */

export function doorRows({ overlays, code }: Facts): ManifestCheck[] {
  const called = SERVICE_NAMES.filter((name) => code.operations[name].length > 0);
  return overlays.flatMap((overlay) => [
    ...called.map((name) => routeRow(overlay, name, code.operations[name])),
    closedRow(overlay),
    ...checkRows(overlay, code.authenticationHeaders),
  ]);
}

interface Match {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

function matches(path: string, uri: Match | undefined): boolean {
  if (!uri) return true;
  const { exact, prefix, regex } = uri;
  if (exact !== undefined) return path === exact;
  if (prefix !== undefined) return path.startsWith(prefix);
  return new RegExp(`^(?:${regex})$`).test(path);
}

/** The first route that matches, as Envoy goes through them. */
function routeOf({ resources }: OverlayFacts, path: string) {
  const http = named(resources, "VirtualService", "eco2")?.spec?.http ?? [];
  return http.find(({ match }) => !match || match.some(({ uri }) => matches(path, uri)));
}

/** A path that clients call: a parameter is any segment, also one that looks like another's. */
const samplesOf = (path: string): string[] =>
  ["0198c7a2-7f00-7000-8000-000000000000", "x.jpg"].map((one) => path.replace(/:\w+/g, one));

function routeRow(
  overlay: OverlayFacts,
  name: ServiceName,
  operations: Facts["code"]["operations"][ServiceName],
): ManifestCheck {
  const host = `${name}.${namespaces.apps}.svc.cluster.local`;
  const problems = operations.flatMap(({ method, path }) =>
    samplesOf(path).flatMap((sample) => {
      const found = routeOf(overlay, sample);
      const [to] = found?.route ?? [];
      const isStream = method === "GET" && /\/(stream|events)$/.test(path);
      return [
        to?.destination?.host !== host &&
          `${method} ${path} goes to ${to?.destination?.host ?? "nobody"}`,
        to?.destination?.port?.number !== portOf(SERVICES[name]) &&
          `${method} ${path} goes to another port`,
        isStream &&
          found?.timeout !== "0s" &&
          `${path} ends after ${found?.timeout ?? "a default"}`,
        found?.retries?.attempts !== 0 && `${method} ${path} may be sent twice`,
      ].filter((one) => one !== false);
    }),
  );
  return row(
    `${overlay.name} routes to ${name}`,
    { used: `services/${name}/adapters/http.ts`, add: "infra/k8s/routes.ts" },
    [...new Set(problems)],
    `${new Set(operations.map(({ method, path }) => `${method} ${path}`)).size} operations`,
  );
}

/** Nothing else comes in, and no connection is kept longer than its server keeps it. */
function closedRow(overlay: OverlayFacts): ManifestCheck {
  const inside = [
    "/metrics",
    "/readyz",
    "/livez",
    "/health",
    `${checkPrefix}/api/v1/scan`,
    "/api/v1/x",
  ];
  const open = inside.filter((path) => routeOf(overlay, path)?.route);
  const rules = new Map(
    ofKind(overlay.resources, "DestinationRule").map(({ metadata, spec }) => [
      metadata?.name,
      Number.parseInt(spec?.trafficPolicy?.connectionPool?.http?.idleTimeout ?? "3600", 10),
    ]),
  );
  return row(
    `${overlay.name} gateway`,
    { used: "lib/http/health.ts, lib/http/serve.ts", add: "infra/k8s/routes.ts" },
    [
      ...open.map((path) => `${path} is open to everybody`),
      ...SERVICE_NAMES.filter((name) => (rules.get(name) ?? 3_600) >= idleTimeoutS).map(
        (name) => `${name} closes idle connections (${idleTimeoutS} s) before the gateway does`,
      ),
    ],
    "closed to everything else; idle connections end in time",
  );
}

interface Provider {
  readonly name?: string;
  readonly envoyExtAuthzHttp?: Readonly<Record<string, unknown>>;
}

function checkRows(overlay: OverlayFacts, readHeaders: readonly string[]): ManifestCheck[] {
  const istiod = named(overlay.applications, "Application", "istiod")?.spec.source?.helm;
  const values: { meshConfig?: { extensionProviders?: Provider[] } } = istiod?.valuesObject ?? {};
  const [provider] = values.meshConfig?.extensionProviders ?? [];
  const check = provider?.envoyExtAuthzHttp ?? {};
  const list = (key: string) => (Array.isArray(check[key]) ? check[key].map(String) : []);
  const policies = ofKind(overlay.resources, "AuthorizationPolicy");
  const isDev = settingsOf(overlay).AUTH_MODE === "dev";
  const wanted = [...readHeaders, ...(isDev ? [devUserHeader] : [])];
  const place = { used: "lib/token/authenticate.ts", add: "infra/k8s/operators.ts" };
  const isAsked = policies.some(
    ({ metadata, spec }) =>
      metadata?.namespace === namespaces.gateway &&
      spec?.action === "CUSTOM" &&
      spec.provider?.name === provider?.name &&
      spec.rules?.some((rule) => Object.keys(rule).length === 0),
  );
  const seconds = Number(/^([\d.]+)s$/.exec(String(check.timeout))?.[1] ?? Number.NaN);
  return [
    row(
      `${overlay.name} headers of a check`,
      place,
      differences(list("includeRequestHeadersInCheck"), wanted),
      wanted.join(" "),
    ),
    row(
      `${overlay.name} headers of an answer`,
      { used: "services/gatekeeper/adapters/http.ts", add: place.add },
      [
        ...differences(list("headersToUpstreamOnAllow"), proxiedHeaders.upstream),
        ...differences(list("headersToDownstreamOnDeny"), proxiedHeaders.downstream),
      ],
      [...proxiedHeaders.upstream, ...proxiedHeaders.downstream].join(" "),
    ),
    row(
      `${overlay.name} gatekeeper`,
      { used: "services/gatekeeper/main.ts", add: "infra/k8s/operators.ts, routes.ts" },
      [
        !isAsked && "not every request is checked",
        check.failOpen !== false && "who is not checked is let in",
        !(seconds <= 1) && "a check may take longer than 1 s",
        check.pathPrefix !== checkPrefix && `it is asked at ${check.pathPrefix}`,
        check.service !== `gatekeeper.${namespaces.apps}.svc.cluster.local` &&
          `${check.service} is asked`,
        check.port !== portOf(SERVICES.gatekeeper) && `it is asked at port ${check.port}`,
      ],
      "asked about every request, and nobody passes without it",
    ),
  ];
}
