import { imageUrlCharsMax } from "#lib/contract/scan-limits.ts";
import { Fault } from "#lib/error/fault.ts";
import { isPrivateName } from "#lib/http/public-address.ts";

/** What `IMAGE_HOSTS` opens. */
export interface ImageHosts {
  /**
   * The URL in canonical form, without its fragment, when its host may be asked.
   * Throws `IMAGE_URL_INVALID`, `IMAGE_ADDRESS_PRIVATE` or `IMAGE_HOST_NOT_ALLOWED`.
   */
  check(url: string): URL;
  /** Whether the operator named exactly this origin, and so vouches for its address. */
  isNamedOrigin(url: URL): boolean;
}

/**
 * Reads `IMAGE_HOSTS`. `cdn.example.com` opens https on port 443 of exactly that host,
 * `*.example.com` of its subdomains at any depth; `http://127.0.0.1:4999` opens exactly that origin,
 * plain http and private address included. Throws an Error naming the entry that is none of these.
 */
export function parseImageHosts(entries: readonly string[]): ImageHosts {
  const origins = new Set<string>();
  const hosts = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of entries) {
    if (entry.includes("://")) origins.add(parseOrigin(entry));
    else if (entry.startsWith("*.")) suffixes.push(`.${parseHost(entry, entry.slice(2))}`);
    else hosts.add(parseHost(entry, entry));
  }
  const isNamedOrigin = (url: URL) => origins.has(url.origin);
  const isOpenHost = ({ protocol, port, hostname }: URL) =>
    protocol === "https:" &&
    port === "" &&
    (hosts.has(hostname) || suffixes.some((suffix) => hostname.endsWith(suffix)));

  return {
    isNamedOrigin,
    check(text) {
      // Compared after parsing only: decimal and octal addresses, case, punycode, backslashes and
      // percent signs are settled there, and the parsed form is the one that is asked.
      const url = text.length > imageUrlCharsMax ? null : URL.parse(text);
      if (url === null || !["http:", "https:"].includes(url.protocol)) {
        throw new Fault("IMAGE_URL_INVALID");
      }
      if (url.username !== "" || url.password !== "") throw new Fault("IMAGE_URL_INVALID");
      url.hash = "";
      if (isNamedOrigin(url) || isOpenHost(url)) return url;
      throw new Fault(isPrivateName(url) ? "IMAGE_ADDRESS_PRIVATE" : "IMAGE_HOST_NOT_ALLOWED");
    },
  };
}

function parseOrigin(entry: string): string {
  const url = URL.parse(entry);
  const isOrigin =
    url !== null &&
    ["http:", "https:"].includes(url.protocol) &&
    url.href === `${url.origin}/` &&
    !entry.includes("*");
  if (!isOrigin) throw wrong(entry, "an origin is http(s)://host[:port] and nothing else");
  return url.origin;
}

function parseHost(entry: string, host: string): string {
  const url = URL.parse(`https://${host}`);
  if (url === null || url.href !== `https://${url.hostname}/` || host.includes("*")) {
    throw wrong(entry, "a host stands alone; with a port, write it with its scheme");
  }
  if (entry !== host && !host.includes(".")) throw wrong(entry, "that opens a whole top level");
  return url.hostname;
}

function wrong(entry: string, reason: string): Error {
  return new Error(`"${entry}" is not usable: ${reason}`);
}
