import type { Channel, ChannelModel } from "amqplib";
import * as v from "valibot";
import { BINDINGS, type BindingSpec, EXCHANGES, QUEUES } from "#lib/queue/topology.ts";
import { breach, type Finding, ok, some } from "../check.ts";

/**
 * Exchanges and queues are there, with the arguments the code declares. Nothing is published, and
 * nothing is made: what a passive declaration does not find is not declared again. A user who may not declare
 * cannot compare arguments either.
 */
export async function checkTopology(broker: ChannelModel): Promise<Finding> {
  const wrong: string[] = [];
  let isBlind = false;
  for (const { name, type } of EXCHANGES) {
    const isThere = await attempt(broker, (channel) => channel.checkExchange(name));
    const declare = (channel: Channel) => channel.assertExchange(name, type, { durable: true });
    if (!isThere) wrong.push(`exchange ${name} is missing`);
    else await compare(declare, `exchange ${name}`);
  }
  for (const { name, arguments: args } of QUEUES) {
    const isThere = await attempt(broker, (channel) => channel.checkQueue(name));
    const declare = (channel: Channel) =>
      channel.assertQueue(name, { durable: true, arguments: args });
    if (!isThere) wrong.push(`queue ${name} is missing`);
    else await compare(declare, `queue ${name}`);
  }
  async function compare(declare: (channel: Channel) => Promise<unknown>, what: string) {
    const said = isBlind ? "refused" : await attempt(broker, declare);
    if (said === "refused") isBlind = true;
    else if (!said) wrong.push(`${what} differs`);
  }
  const seen = `${EXCHANGES.length} exchanges and ${QUEUES.length} queues`;
  if (wrong.length > 0) return breach(some(wrong));
  return ok(isBlind ? `${seen}; this user may not compare their arguments` : `${seen} as declared`);
}

/** A broker's no (403, 404, 406) closes the channel, so every question has its own. */
async function attempt(
  broker: ChannelModel,
  ask: (channel: Channel) => Promise<unknown>,
): Promise<boolean | "refused"> {
  const channel = await broker.createChannel();
  channel.on("error", () => undefined);
  try {
    await ask(channel);
    await channel.close();
    return true;
  } catch (error) {
    if (/\b(404|406)\b/.test(String(error))) return false;
    if (/\b403\b/.test(String(error))) return "refused";
    throw error;
  }
}

const managementTimeoutMs = 3_000;
const Bindings = v.array(
  v.object({ source: v.string(), destination: v.string(), routing_key: v.string() }),
);

/**
 * AMQP cannot list bindings without making them, so the management API is asked, where there is one.
 *
 * @param managementUrl its origin; default port 15672 beside the broker
 */
export async function checkBindings(amqpUrl: string, managementUrl?: string): Promise<Finding> {
  const { hostname, username, password, pathname } = new URL(amqpUrl);
  const origin = managementUrl ?? `http://${hostname}:15672`;
  const vhost = pathname.length > 1 ? pathname.slice(1) : "%2F";
  let response: Response;
  try {
    response = await fetch(new URL(`/api/bindings/${vhost}`, origin), {
      headers: { authorization: `Basic ${btoa(decodeURIComponent(`${username}:${password}`))}` },
      signal: AbortSignal.timeout(managementTimeoutMs),
    });
  } catch {
    return { state: "skipped", detail: `no management API answers at ${origin}` };
  }
  if (!response.ok) {
    return { state: "skipped", detail: `the management API answers ${response.status}` };
  }
  const missing = missingBindings(v.parse(Bindings, await response.json()));
  return missing.length === 0
    ? ok(`${BINDINGS.length} bindings as declared`)
    : breach(`unbound: ${some(missing.map((one) => `${one.queue} from ${one.exchange}`))}`);
}

function missingBindings(found: v.InferOutput<typeof Bindings>): BindingSpec[] {
  const key = (parts: readonly string[]) => JSON.stringify(parts);
  const bound = new Set(found.map((one) => key([one.source, one.destination, one.routing_key])));
  return BINDINGS.filter((one) => !bound.has(key([one.exchange, one.queue, one.routingKey])));
}
