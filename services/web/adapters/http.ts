import { type Context, Hono } from "hono";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { assetsPath, LANGUAGES, PAGES, pathOf, serviceWorkerPath } from "../page.ts";

export interface SiteFile {
  /**
   * `immutable`: its name says what is in it. `document`: a page, asked about again each time. `fresh`: likewise, and
   * no page.
   */
  readonly kind: "document" | "immutable" | "fresh";
  readonly type: string;
  readonly etag: string;
  readonly bodies: Readonly<Record<"plain" | "br" | "gzip", Uint8Array<ArrayBuffer>>>;
}

/** Everything there is to send, by its path. */
export type Site = ReadonlyMap<string, SiteFile>;

export interface WebRoutesDeps {
  /** Ready at the first request at the latest. */
  site(): Promise<Site>;
  /** Origins that photos are sent to and shown from, besides the page's own. */
  readonly photoOrigins: readonly string[];
}

/** The pages and what they load: the same for everybody, read only, and nothing else of this machine. */
export function createWebRoutes({ site, photoOrigins }: WebRoutesDeps): App {
  const app = new Hono<AppEnv>();
  const send = async (c: Context<AppEnv>): Promise<Response> => {
    const file = (await site()).get(c.req.path);
    if (!file) throw new Fault("NOT_FOUND");
    return respond(c.req.raw.headers, file, contentPolicy(photoOrigins));
  };
  for (const language of LANGUAGES) for (const page of PAGES) app.get(pathOf(page, language), send);
  app.get(serviceWorkerPath, send);
  app.get(`${assetsPath}/:file`, send);
  return app;
}

function respond(asked: Headers, file: SiteFile, policy: string): Response {
  const { kind, type, etag, bodies } = file;
  const headers = new Headers({
    etag,
    vary: "Accept-Encoding",
    "cache-control": kind === "immutable" ? "public, max-age=31536000, immutable" : "no-cache",
    "content-security-policy": kind === "document" ? policy : "default-src 'none'; sandbox",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
  });
  // The policy of a worker is its own.
  if (kind === "fresh") headers.set("content-security-policy", "default-src 'self'");
  if (asked.get("if-none-match")?.includes(etag))
    return new Response(null, { status: 304, headers });
  const encoding = encodingFor(asked.get("accept-encoding") ?? "");
  headers.set("content-type", type);
  if (encoding !== "plain") headers.set("content-encoding", encoding);
  const body = bodies[encoding];
  // Said for HEAD, where the body that would tell is dropped.
  headers.set("content-length", String(body.byteLength));
  return new Response(body, { headers });
}

/** The smallest that is taken; a client that weighs them gets none that it refuses. */
function encodingFor(accepted: string): keyof SiteFile["bodies"] {
  const takes = (name: string) =>
    new RegExp(`(?:^|,)\\s*${name}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))|,|$)`, "i").test(
      accepted,
    );
  if (takes("br")) return "br";
  return takes("gzip") ? "gzip" : "plain";
}

/** Nothing inline runs, nothing is loaded from others but photos, and no page may be put into another one. */
function contentPolicy(photoOrigins: readonly string[]): string {
  const photos = photoOrigins.join(" ");
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob: ${photos}`,
    `connect-src 'self' ${photos}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
    .map((part) => part.trim())
    .join("; ");
}
