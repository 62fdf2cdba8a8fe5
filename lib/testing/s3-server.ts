import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * A small S3 of one bucket in memory: path-style addresses, PUT, GET with a range, HEAD, DELETE. Reading
 * is public, as behind a CDN; everything else must be signed by Signature Version 4, in the query
 * or in the Authorization header, and is checked by the published algorithm:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export interface S3Server {
  readonly origin: string;
  readonly objects: Map<string, Uint8Array<ArrayBuffer>>;
  /** How far the server's clock is ahead, in milliseconds. */
  aheadMs: number;
  stop(): Promise<void>;
}

export interface S3Credentials {
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function startS3Server(credentials: S3Credentials): S3Server {
  const objects: S3Server["objects"] = new Map();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const isRead = request.method === "GET" && !request.headers.has("authorization");
      const refusal = isRead ? undefined : refuse(request, credentials, Date.now() + s3.aheadMs);
      if (refusal) return failure(403, refusal);
      const prefix = `/${credentials.bucket}/`;
      if (!pathname.startsWith(prefix)) return failure(404, "NoSuchBucket");
      return answer(objects, decodeURIComponent(pathname.slice(prefix.length)), request);
    },
  });
  const s3: S3Server = {
    origin: `http://127.0.0.1:${server.port}`,
    objects,
    aheadMs: 0,
    stop: () => server.stop(true),
  };
  return s3;
}

async function answer(objects: S3Server["objects"], key: string, request: Request) {
  const object = objects.get(key);
  switch (request.method) {
    case "PUT":
      objects.set(key, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { headers: { etag: '"x"' } });
    case "DELETE":
      objects.delete(key);
      return new Response(null, { status: 204 });
    case "HEAD":
    case "GET":
      if (object === undefined) return failure(404, "NoSuchKey");
      return read(object, request);
    default:
      return failure(405, "MethodNotAllowed");
  }
}

function read(object: Uint8Array<ArrayBuffer>, request: Request): Response {
  const headers = { "last-modified": new Date().toUTCString(), etag: '"x"' };
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
  if (!range) return new Response(object, { headers });
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, object.length)];
  if (start >= object.length) return failure(416, "InvalidRange");
  const content = `bytes ${start}-${end - 1}/${object.length}`;
  return new Response(object.slice(start, end), {
    status: 206,
    headers: { ...headers, "content-range": content },
  });
}

/** The S3 error code the request deserves, or undefined when its signature holds. */
function refuse(request: Request, credentials: S3Credentials, nowMs: number): string | undefined {
  const url = new URL(request.url);
  const claim = claimOf(request, url);
  if (claim === undefined) return "AccessDenied";
  const signedAtMs = Date.parse(
    claim.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (!(nowMs < signedAtMs + claim.expiresS * 1000)) return "AccessDenied";

  const day = claim.date.slice(0, 8);
  const scope = `${day}/${credentials.region}/s3/aws4_request`;
  if (claim.credential !== `${credentials.accessKeyId}/${scope}`) return "InvalidAccessKeyId";
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url),
    ...claim.signedHeaders.map((name) => `${name}:${request.headers.get(name)?.trim()}`),
    "",
    claim.signedHeaders.join(";"),
    claim.payloadHash,
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", claim.date, scope, sha256(canonical)].join("\n");
  const key = [day, credentials.region, "s3", "aws4_request"].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  );
  const expected = hmac(key, toSign);
  const given = Buffer.from(claim.signature, "hex");
  const holds = given.length === expected.length && timingSafeEqual(given, expected);
  return holds ? undefined : "SignatureDoesNotMatch";
}

interface Claim {
  readonly credential: string;
  readonly date: string;
  readonly expiresS: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
}

function claimOf(request: Request, url: URL): Claim | undefined {
  const query = url.searchParams;
  if (query.get("X-Amz-Algorithm") === "AWS4-HMAC-SHA256") {
    return {
      credential: query.get("X-Amz-Credential") ?? "",
      date: query.get("X-Amz-Date") ?? "",
      expiresS: Number(query.get("X-Amz-Expires")),
      signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
      signature: query.get("X-Amz-Signature") ?? "",
      payloadHash: "UNSIGNED-PAYLOAD",
    };
  }
  const parts =
    /^AWS4-HMAC-SHA256 Credential=(\S+), ?SignedHeaders=(\S+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.get("authorization") ?? "",
    );
  if (!parts) return undefined;
  return {
    credential: parts[1] ?? "",
    date: request.headers.get("x-amz-date") ?? "",
    // How far a header-signed request may be from the server's clock.
    expiresS: 15 * 60,
    signedHeaders: (parts[2] ?? "").split(";"),
    signature: parts[3] ?? "",
    payloadHash: request.headers.get("x-amz-content-sha256") ?? "",
  };
}

function canonicalQuery(url: URL): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (letter) => `%${letter.charCodeAt(0).toString(16)}`,
    );
  return [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function failure(status: number, code: string): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`;
  return new Response(body, { status, headers: { "content-type": "application/xml" } });
}
