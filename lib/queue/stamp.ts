import type { ConsumeMessage, Options } from "amqplib";

/** As RabbitMQ's own interceptor names it: the property `timestamp` knows seconds alone. */
const header = "timestamp_in_ms";

/** The options of a publish, with the time of it. Every message has it. */
export function stamped(options: Options.Publish, now = Date.now()): Options.Publish {
  const headers = { ...options.headers, [header]: now };
  return { ...options, headers, timestamp: Math.floor(now / 1_000) };
}

/** Seconds since the message was published; undefined for one that says nothing of it. */
export function ageS({ properties }: Pick<ConsumeMessage, "properties">, now = Date.now()) {
  const at: unknown = properties.headers?.[header];
  // Clocks of two machines differ by milliseconds.
  return typeof at === "number" ? Math.max(0, now - at) / 1_000 : undefined;
}
