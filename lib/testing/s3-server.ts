import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * A small S3 of one bucket in memory: path-style addresses, PUT, GET with a range, HEAD, DELETE, and
 * ListObjectsV2. Reading is public, as behind a CDN; everything else must be signed by Signature
 * Version 4, in the query or in the Authorization header, and is checked by the published algorithm:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export interface S3Server {
  readonly origin: string;
  readonly objects: Map<string, S3Object>;
  /** Names that cannot be deleted, as an object lock does it. */
  readonly locked: Set<string>;
  stop(): Promise<void>;
}

export interface S3Object {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly writtenAtMs: number;
}

export interface S3Credentials {
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that are good for a session: every signed request has to show it. */
  readonly sessionToken?: string;
}

export function startS3Server(credentials: S3Credentials): S3Server {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const prefix = `/${credentials.bucket}/`;
      const isRead = request.method === "GET" && pathname !== prefix;
      const isPublic = isRead && !request.headers.has("authorization");
      const nowMs = Date.now();
      const refusal = isPublic ? undefined : refuse(request, credentials, nowMs);
      if (refusal) return failure(403, refusal);
      if (!pathname.startsWith(prefix)) return failure(404, "NoSuchBucket");
      if (pathname === prefix) return list(s3.objects, new URL(request.url).searchParams);
      return answer(s3, decodeURIComponent(pathname.slice(prefix.length)), request, nowMs);
    },
  });
  const s3: S3Server = {
    origin: `http://127.0.0.1:${server.port}`,
    objects: new Map(),
    locked: new Set(),
    stop: () => server.stop(true),
  };
  return s3;
}

async function answer(
  { objects, locked }: S3Server,
  key: string,
  request: Request,
  writtenAtMs: number,
): Promise<Response> {
  const object = objects.get(key);
  switch (request.method) {
    case "PUT": {
      if (!request.headers.has("content-length")) return failure(411, "MissingContentLength");
      const type = request.headers.get("content-type") ?? "binary/octet-stream";
      objects.set(key, { bytes: new Uint8Array(await request.arrayBuffer()), type, writtenAtMs });
      return new Response(null, { headers: { etag: '"x"' } });
    }
    case "DELETE":
      if (locked.has(key)) return failure(403, "AccessDenied");
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

function read({ bytes, type, writtenAtMs }: S3Object, request: Request): Response {
  const lastModified = new Date(writtenAtMs).toUTCString();
  const headers = { "last-modified": lastModified, etag: '"x"', "content-type": type };
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
  if (!range) return new Response(bytes, { headers });
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)];
  if (start >= bytes.length) return failure(416, "InvalidRange");
  const content = `bytes ${start}-${end - 1}/${bytes.length}`;
  return new Response(bytes.slice(start, end), {
    status: 206,
    headers: { ...headers, "content-range": content },
  });
}

/** By name; the continuation token is the last name of the page before, said in a way of its own. */
function list(objects: S3Server["objects"], query: URLSearchParams): Response {
  if (query.get("list-type") !== "2") return failure(501, "NotImplemented");
  const after = Buffer.from(query.get("continuation-token") ?? "", "hex").toString();
  const rest = [...objects]
    .filter(([key]) => key.startsWith(query.get("prefix") ?? "") && key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = rest.slice(0, Math.min(Number(query.get("max-keys") ?? 1_000), 1_000));
  const contents = page.map(
    ([key, { bytes, writtenAtMs }]) =>
      `<Contents><Key>${key}</Key><LastModified>${new Date(writtenAtMs).toISOString()}` +
      `</LastModified><Size>${bytes.length}</Size></Contents>`,
  );
  const token = Buffer.from(page.at(-1)?.[0] ?? "").toString("hex");
  const more = `<NextContinuationToken>${token}</NextContinuationToken>`;
  const isTruncated = page.length < rest.length;
  const body = `<IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? more : ""}${contents.join("")}`;
  return xml(200, `<ListBucketResult>${body}</ListBucketResult>`);
}

/** The S3 error code the request deserves, or undefined when its signature holds. */
function refuse(request: Request, credentials: S3Credentials, nowMs: number): string | undefined {
  const url = new URL(request.url);
  const claim = claimOf(request, url);
  if (claim === undefined || !claim.signedHeaders.includes("host")) return "AccessDenied";
  const signedAtMs = Date.parse(
    claim.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (!(nowMs < signedAtMs + claim.expiresS * 1000)) return "AccessDenied";

  const day = claim.date.slice(0, 8);
  const scope = `${day}/${credentials.region}/s3/aws4_request`;
  if (claim.credential !== `${credentials.accessKeyId}/${scope}`) return "InvalidAccessKeyId";
  const token = url.searchParams.get("X-Amz-Security-Token");
  const shown = token ?? request.headers.get("x-amz-security-token") ?? undefined;
  const isSigned = token !== null || claim.signedHeaders.includes("x-amz-security-token");
  if (shown !== credentials.sessionToken || (shown !== undefined && !isSigned))
    return "InvalidToken";
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
  return xml(status, `<Error><Code>${code}</Code></Error>`);
}

function xml(status: number, body: string): Response {
  const headers = { "content-type": "application/xml" };
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>${body}`, { status, headers });
}
