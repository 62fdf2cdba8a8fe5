import type { Credentials } from "./credentials.ts";

/** A request that may be made until it expires, by whoever holds its URL. */
export interface PresignOptions extends Credentials {
  readonly method: string;
  readonly url: string;
  /** Signed with it: the request must carry them as they stand, or it is refused. */
  readonly headers: Readonly<Record<string, string>>;
  readonly region: string;
  readonly expiresInS: number;
  readonly now: Date;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * A signed URL by Signature Version 4 with its signature in the query:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * Here because Bun's own presigning signs no header but the host: its URL takes a body of any size.
 */
export async function presignUrl(options: PresignOptions): Promise<string> {
  const { method, region, accessKeyId, secretAccessKey, sessionToken, expiresInS, now } = options;
  const url = new URL(options.url);
  const headers = canonicalHeaders({ ...options.headers, host: url.host });
  const names = headers.map(([name]) => name).join(";");
  const date = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const scope = [date.slice(0, 8), region, "s3", "aws4_request"];
  // Already in the order that is signed.
  const query = [
    ["X-Amz-Algorithm", algorithm],
    ["X-Amz-Credential", [accessKeyId, ...scope].join("/")],
    ["X-Amz-Date", date],
    ["X-Amz-Expires", String(expiresInS)],
    ...(sessionToken === undefined ? [] : [["X-Amz-Security-Token", sessionToken]]),
    ["X-Amz-SignedHeaders", names],
  ]
    .map(([name = "", value = ""]) => `${name}=${encode(value)}`)
    .join("&");
  const path = url.pathname
    .split("/")
    .map((part) => encode(decodeURIComponent(part)))
    .join("/");

  const lines = headers.map(([name, value]) => `${name}:${value}`);
  const request = [method, path, query, ...lines, "", names, "UNSIGNED-PAYLOAD"].join("\n");
  const toSign = [algorithm, date, scope.join("/"), (await sha256(request)).toHex()].join("\n");
  let key = utf8(`AWS4${secretAccessKey}`);
  for (const part of scope) key = await hmac(key, part);
  return `${url.origin}${path}?${query}&X-Amz-Signature=${(await hmac(key, toSign)).toHex()}`;
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** RFC 3986: `encodeURIComponent` leaves five characters that are encoded here. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const hash = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hash, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8(text)));
}

async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
