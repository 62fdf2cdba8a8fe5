import type { ConsumeMessage } from "amqplib";

let count = 0;

/**
 * What every message says of its publish. The property `timestamp` knows seconds alone; the id has milliseconds, as a
 * UUID of version 7 does: it is sent and read anyway, a header would be one more.
 */
export function stamp(now = Date.now()) {
  return { messageId: `${now}-${++count}`, timestamp: Math.floor(now / 1_000) };
}

/** Seconds since the message was published; undefined for one that says nothing of it. */
export function ageS({ properties }: Pick<ConsumeMessage, "properties">, now = Date.now()) {
  const id: unknown = properties.messageId;
  const at = typeof id === "string" ? Number.parseInt(id, 10) : Number.NaN;
  // Clocks of two machines differ by milliseconds.
  return Number.isNaN(at) ? undefined : Math.max(0, now - at) / 1_000;
}
