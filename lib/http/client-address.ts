import ipaddr from "ipaddr.js";
import type { ServerBindings } from "./create-app.ts";

/** A provider gives each customer at least a /64; single addresses of it would never run out. */
const ipv6CountedBits = 64;
/**
 * All requests without a readable address share one count: uncounted requests would be unlimited.
 */
const unknown = "unknown";

/**
 * The client's address as rate limits count it: an IPv4 address, or the /64 of an IPv6 one. Without
 * proxies it is the connection's peer. Behind our own proxies it is the peer of the outermost one:
 * each proxy appends its peer to `X-Forwarded-For`, so that entry is `hops` from the right. Entries
 * left of it come from the client.
 *
 * @param hops our own proxies in front; 0 ignores the header.
 */
export function clientAddress(
  env: ServerBindings | undefined,
  request: Request,
  hops: number,
): string {
  const forwarded = hops > 0 ? forwardedFor(request, hops) : undefined;
  return forwarded ?? toCounted(env?.server?.requestIP(request)?.address) ?? unknown;
}

/** Undefined for a request that came through fewer proxies than `hops`. */
function forwardedFor(request: Request, hops: number): string | undefined {
  const entries = request.headers.get("x-forwarded-for")?.split(",") ?? [];
  return toCounted(entries.at(-hops)?.trim());
}

/** Some proxies append the port. */
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/;

function toCounted(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, six, four] = WITH_PORT.exec(text) ?? [];
  const address = six ?? four ?? text;
  // The library also accepts `127.1` and `0x7f000001`, which no proxy writes.
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).toString();
  if (!ipaddr.IPv6.isValid(address)) return undefined;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const network = parsed.toByteArray().fill(0, ipv6CountedBits / 8);
  return `${new ipaddr.IPv6(network)}/${ipv6CountedBits}`;
}
