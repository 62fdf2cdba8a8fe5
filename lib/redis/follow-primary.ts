import type { Redis } from "ioredis";
import type { Logger } from "#lib/log/logger.ts";

/**
 * Reconnects to where the address leads now, when a reply says that the server is not the primary. A
 * failover behind a proxy or a name need not cut connections: those that are open stay with the old
 * primary, which has become a replica and refuses writes. The refused command fails as `UNAVAILABLE`, and
 * whoever sent it tries again.
 *
 * All connections of the process to one address reconnect together. One that only reads, or waits for
 * notices, is never refused, and would go on to see what the old primary sees.
 */
export function followPrimary(redis: Redis, url: string, log: Logger): void {
  const address = addresses.get(url) ?? { connections: new Set(), leftAt: -reconnectIntervalMs };
  addresses.set(url, address);
  address.connections.add(redis);
  redis.once("end", () => address.connections.delete(redis));
  redis.options.reconnectOnError = ({ message }) => {
    if (NOT_PRIMARY.test(message) && performance.now() - address.leftAt >= reconnectIntervalMs) {
      address.leftAt = performance.now();
      log.warn("redis is not the primary, reconnecting", { reply: message });
      for (const one of address.connections) one.disconnect(true);
    }
    return false;
  };
}

/** A replica, one that lost its primary or loads from it, or a primary that its replicas have left. */
const NOT_PRIMARY = /^(READONLY|MASTERDOWN|LOADING|NOREPLICAS)/;
/** Until the address leads to the new primary, reads go on between two reconnects. */
const reconnectIntervalMs = 1_000;

interface Address {
  readonly connections: Set<Redis>;
  /** When its connections were last given up, as `performance.now()` counts. */
  leftAt: number;
}
const addresses = new Map<string, Address>();
