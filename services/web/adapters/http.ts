import { type Context, Hono } from "hono";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { isSafeTransport } from "#lib/http/is-safe-transport.ts";
import { assetsPath, LANGUAGES, PAGES, pathOf, serviceWorkerPath } from "../page.ts";

export interface SiteFile {
  /**
   * `immutable`: its name says what is in it. `document`: a page, asked about again each time. `fresh`: likewise, and
   * no page.
   */
  readonly kind: "document" | "immutable" | "fresh";
  readonly type: string;
  readonly etag: string;
  /** As it is, and compressed where that makes it smaller. */
  readonly bodies: {
    readonly plain: Uint8Array<ArrayBuffer>;
    readonly br?: Uint8Array<ArrayBuffer>;
    readonly gzip?: Uint8Array<ArrayBuffer>;
  };
}

/** Everything there is to send, by its path. */
export type Site = ReadonlyMap<string, SiteFile>;

export interface WebRoutesDeps {
  /** Ready at the first request at the latest. */
  site(): Promise<Site>;
  /** Under which clients reach the API. */
  readonly ownOrigin: string;
  /** Origins that photos are sent to and shown from, besides the page's own. */
  readonly photoOrigins: readonly string[];
}

/** The pages and what they load: the same for everybody, read only, and nothing else of this machine. */
export function createWebRoutes({ site, ownOrigin, photoOrigins }: WebRoutesDeps): App {
  const app = new Hono<AppEnv>();
  const send = async (c: Context<AppEnv>): Promise<Response> => {
    const file = (await site()).get(c.req.path);
    if (!file) throw new Fault("NOT_FOUND");
    const url = new URL(c.req.url);
    if (file.kind === "document" && isOtherLoopback(url, new URL(ownOrigin))) {
      return c.redirect(new URL(url.pathname + url.search, ownOrigin).href);
    }
    return respond(c.req.raw.headers, file, contentPolicy(photoOrigins));
  };
  for (const language of LANGUAGES) for (const page of PAGES) app.get(pathOf(page, language), send);
  app.get(serviceWorkerPath, send);
  app.get(`${assetsPath}/:file`, send);
  return app;
}

/**
 * `localhost` and `127.0.0.1` are one server and two origins to a browser: a page of the one may not send a photo to
 * the other, which is where the API says photos go.
 */
function isOtherLoopback(url: URL, own: URL): boolean {
  const isOther = url.hostname !== own.hostname && url.port === own.port;
  return isOther && [url, own].every((one) => one.protocol === "http:" && isSafeTransport(one));
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
  headers.set("content-type", type);
  const accepted = asked.get("accept-encoding") ?? "";
  const encoding = ENCODINGS.find((one) => bodies[one] && isAccepted(one, accepted));
  if (encoding) headers.set("content-encoding", encoding);
  const body = (encoding && bodies[encoding]) ?? bodies.plain;
  // Said for HEAD, where the body that would tell is dropped.
  headers.set("content-length", String(body.byteLength));
  return new Response(body, { headers });
}

/** The smaller one first. */
const ENCODINGS = ["br", "gzip"] as const;

/** Whether a client takes it: named, and not with a weight of nought. */
function isAccepted(encoding: string, accepted: string): boolean {
  return accepted.split(",").some((part) => {
    const [name = "", weight = "q=1"] = part.split(";").map((text) => text.trim().toLowerCase());
    return name === encoding && Number(weight.replace("q=", "")) > 0;
  });
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
