import ipaddr from "ipaddr.js";

/** One customer of a provider has a /64 at least: counted one by one, its addresses never run out. */
const ipv6CountedBits = 64;
/** All whose address cannot be told share one: a limit that is not counted is none. */
const unknown = "unknown";

/**
 * Whom a limit per address counts: an IPv4 address, or the /64 of an IPv6 one. It is the connection's own
 * or, behind proxies of ours, the one that the outermost of them saw. Each proxy appends whom it was
 * called by to `X-Forwarded-For`, so that one is `hops` from the right; what stands left of it are the
 * client's own words.
 *
 * @param env what `lib/http/serve.ts` hands to the app.
 * @param hops proxies of ours in front; 0 believes no header.
 */
export function clientAddress(env: unknown, request: Request, hops: number): string {
  const forwarded = hops > 0 ? forwardedFor(request, hops) : undefined;
  return forwarded ?? toCounted(peerAddress(env, request)) ?? unknown;
}

/** Undefined for a request that came past the proxies, or through fewer of them. */
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
  // The library also reads `127.1` and `0x7f000001`, which no proxy writes.
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).toString();
  if (!ipaddr.IPv6.isValid(address)) return undefined;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const network = parsed.toByteArray().fill(0, ipv6CountedBits / 8);
  return `${new ipaddr.IPv6(network)}/${ipv6CountedBits}`;
}

function peerAddress(env: unknown, request: Request): string | undefined {
  if (!isObject(env) || !("server" in env) || !isObject(env.server)) return undefined;
  const { server } = env;
  if (!("requestIP" in server) || typeof server.requestIP !== "function") return undefined;
  const peer: unknown = server.requestIP(request);
  if (!isObject(peer) || !("address" in peer)) return undefined;
  return typeof peer.address === "string" ? peer.address : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
