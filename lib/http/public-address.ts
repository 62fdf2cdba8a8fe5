import ipaddr from "ipaddr.js";

/** RFC 6052: the well-known prefix under which NAT64 shows an IPv4 address to IPv6 hosts. */
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");
/** RFC 4291: all that is handed out for the public internet. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address lies on the public internet. Deny by default: what is not plainly public is not
 * (private, loopback, link-local with its cloud metadata, carrier-grade NAT, multicast, documentation,
 * 6to4 and Teredo, which tunnel to an embedded address). Mapped and NAT64 addresses count as the IPv4
 * address they carry.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === "unicast";
  if (!(parsed instanceof ipaddr.IPv6)) return false;
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().range() === "unicast";
  if (parsed.match(nat64)) {
    return new ipaddr.IPv4(parsed.toByteArray().slice(12)).range() === "unicast";
  }
  return parsed.range() === "unicast" && parsed.match(globalUnicast);
}

/** Whether the host says by itself, without a look-up, that it is not on the public internet. */
export function isPrivateName(url: URL): boolean {
  const host = hostOf(url);
  return isLoopbackName(url) || (ipaddr.isValid(host) && !isPublicAddress(host));
}

/** Whether the host is this machine, by its name or by a loopback address. */
export function isLoopbackName(url: URL): boolean {
  const host = hostOf(url);
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback";
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$|\.$/g, "");
}
