import { Fault } from "#lib/error/fault.ts";
import { FAULTS } from "#lib/error/fault-table.ts";
import { problem } from "#lib/http/problem.ts";
import { authenticationHeaders } from "#lib/token/authenticate.ts";
import { checkPrefix, proxiedHeaders } from "../../services/gatekeeper/adapters/http.ts";
import type { ServiceName } from "../k8s/processes.ts";
import { type Route, routeTable } from "../k8s/routes.ts";
import type { ProxyName } from "./proxy-program.ts";

/**
 * nginx and HAProxy before services that run alone, from the table of routes that the manifests have. Each asks the
 * gatekeeper about every request and lets none pass without it, as Envoy does.
 */
export interface SplitProxy {
  readonly ports: { readonly http: number; readonly https: number; readonly check: number };
  readonly certificate: string;
  /** `host:port` of each service's processes. */
  readonly servers: Readonly<Record<ServiceName, readonly string[]>>;
}

export const renderSplit: Readonly<Record<ProxyName, (given: SplitProxy) => Promise<string>>> = {
  nginx,
  haproxy,
};

const { upstream, downstream } = proxiedHeaders;
const json = "application/problem+json; charset=utf-8";
const textOf = async (fault: Fault) => (await problem(fault).text()).replaceAll("'", "\\'");
const notFound = await textOf(new Fault("NOT_FOUND"));
const unavailable = await textOf(new Fault("UNAVAILABLE"));
/** Of an idle stream comes a comment every 15 s. */
const timeoutOf = ({ isStream }: Route) => (isStream ? "75s" : "30s");
const patternOf = (uri: Route["uris"][number]) => ("exact" in uri ? uri.exact : uri.regex);

/** `auth_request` passes on 401 and 403 alone and no body, so both are made here: a body by its code. */
async function nginx({ ports, certificate, servers }: SplitProxy): Promise<string> {
  const variable = (name: string) => `$check_${name.replaceAll("-", "_")}`;
  const keep = (name: string) =>
    `auth_request_set ${variable(name)} $upstream_http_${name.replaceAll("-", "_")};`;
  const answered = [...new Set([...upstream, ...downstream])];
  const refusals = Object.entries(FAULTS).filter(([, { status }]) => [401, 403].includes(status));
  const codes = refusals.map(([code]) => code).filter(isFaultCode);
  const bodies = await Promise.all(
    codes.map(async (code) => `  ${code} '${await textOf(new Fault(code))}';`),
  );
  const refusalHeaders = downstream
    // nginx copies this one by itself.
    .filter((name) => name !== "content-type" && name !== "www-authenticate")
    .map((name) => `add_header ${name} ${variable(name)} always;`);
  const refuse = (status: number, body: string, headers: readonly string[]) =>
    `location @${status} { auth_request off; default_type "${json}"; ${headers.join(" ")} return ${status} ${body}; }`;
  const forUs = [
    'add_header cache-control "no-store" always;',
    "add_header x-request-id $request_id always;",
  ];
  const locations = routeTable().flatMap((route) =>
    route.uris.map((uri) => {
      const match = "exact" in uri ? `= ${uri.exact}` : `~ ^${uri.regex}$`;
      const { service } = route;
      return `location ${match} { proxy_pass http://${service}; proxy_read_timeout ${timeoutOf(route)}; }`;
    }),
  );
  const asked = authenticationHeaders.map(
    (name) => `proxy_set_header ${name} $http_${name.replaceAll("-", "_")};`,
  );
  return `map_hash_bucket_size 1024;
map $check_x_auth_reason $problem {
${bodies.join("\n")}
  default '${unavailable}';
}
${Object.entries(servers)
  .map(
    ([name, all]) =>
      `upstream ${name} { ${all.map((one) => `server ${one};`).join(" ")} keepalive 64; }`,
  )
  .join("\n")}
server {
  listen 127.0.0.1:${ports.http};
  listen 127.0.0.1:${ports.https} ssl http2;
  ssl_certificate ${certificate};
  ssl_certificate_key ${certificate};
  merge_slashes off;
  client_max_body_size 64m;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  auth_request /check;
  ${answered.map(keep).join("\n  ")}
  ${upstream.map((name) => `proxy_set_header ${name} ${variable(name)};`).join("\n  ")}
  error_page 401 = @401;
  error_page 403 = @403;
  error_page 404 = @404;
  error_page 500 502 504 = @503;
  ${refuse(401, "$problem", refusalHeaders)}
  ${refuse(403, "$problem", refusalHeaders)}
  ${refuse(404, `'${notFound}'`, forUs)}
  ${refuse(503, `'${unavailable}'`, [...forUs, "add_header retry-after 2 always;"])}
  location = /check {
    internal;
    auth_request off;
    proxy_pass http://gatekeeper${checkPrefix}$request_uri;
    proxy_method $request_method;
    proxy_pass_request_body off;
    proxy_pass_request_headers off;
    proxy_set_header Content-Length "";
    proxy_set_header Connection "";
    ${asked.join(" ")}
    proxy_connect_timeout 1s;
    proxy_read_timeout 1s;
  }
  ${locations.join("\n  ")}
  location / { try_files /none =404; }
}`;
}

/** HAProxy has no such thing: \`split-haproxy.lua\` asks, by a listener of HAProxy's own that knows the gatekeepers. */
async function haproxy({ ports, certificate, servers }: SplitProxy): Promise<string> {
  const script = new URL("split-haproxy.lua", import.meta.url).pathname;
  const url = `http://127.0.0.1:${ports.check}${checkPrefix}`;
  const variables = {
    CHECK_URL: url,
    CHECK_SHOWN: authenticationHeaders.join(","),
    CHECK_UPSTREAM: upstream.join(","),
    CHECK_DOWNSTREAM: downstream.join(","),
  };
  const table = routeTable();
  const nameOf = ({ service, isStream }: Route) => (isStream ? `${service}-streams` : service);
  const rules = table.flatMap((route) =>
    route.uris.map((uri) => `use_backend ${nameOf(route)} if { path_reg ^${patternOf(uri)}$ }`),
  );
  const serversOf = (name: ServiceName) =>
    servers[name].map((one, i) => `server ${name}${i} ${one} check inter 100ms fall 1 rise 1`);
  const backends = table.flatMap((route) => [
    `backend ${nameOf(route)}`,
    `    timeout server ${timeoutOf(route)}`,
    "    option httpchk GET /readyz",
    ...serversOf(route.service).map((line) => `    ${line}`),
  ]);
  const forUs = "hdr cache-control no-store hdr x-request-id %[uuid(),regsub(-,,g)]";
  const unchecked = [
    `http-request return status 503 content-type "${json}" string '${unavailable}'`,
    `${forUs} hdr retry-after 2`,
  ].join(" ");
  return `global
    ${Object.entries(variables)
      .map(([name, value]) => `setenv ${name} ${value}`)
      .join("\n    ")}
    lua-load ${script}
defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 30s
    timeout check 5s
    timeout http-keep-alive 60s
    option forwardfor
    option redispatch
frontend eco2
    bind 127.0.0.1:${ports.http}
    bind 127.0.0.1:${ports.https} ssl crt ${certificate} alpn h2,http/1.1
    http-request lua.check
    ${unchecked} unless { var(txn.checked) -m bool }
    ${rules.join("\n    ")}
    default_backend nowhere
backend nowhere
    http-request return status 404 content-type "${json}" string '${notFound}' ${forUs}
listen gatekeeper
    bind 127.0.0.1:${ports.check}
    timeout server 1s
    http-request set-method %[req.hdr(x-original-method)]
    http-request del-header x-original-method
    option httpchk GET /readyz
    ${serversOf("gatekeeper").join("\n    ")}
${backends.join("\n")}
`;
}

function isFaultCode(code: string): code is keyof typeof FAULTS {
  return code in FAULTS;
}
