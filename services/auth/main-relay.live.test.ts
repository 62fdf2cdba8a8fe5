import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq, inArray, like } from "drizzle-orm";
import { register } from "prom-client";
import type { Revocation } from "#lib/contract/revocation.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { createAccount } from "#lib/db/create-account.ts";
import { migrate } from "#lib/db/migrate.ts";
import { revocations, sessions } from "#lib/db/schema.ts";
import { createLogger } from "#lib/log/logger.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher, type Publisher } from "#lib/queue/publisher.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { createOutbox } from "./adapters/outbox.ts";
import { createSessions } from "./adapters/sessions.ts";
import { startRelay } from "./main-relay.ts";
import { relayBatchMax, relayOnce } from "./relay.ts";
import { openedSession } from "./session.ts";

const hourMs = 3_600_000;
let database: Database;
let broker: Broker;
let publisher: Publisher;
/** As in production: others share the table, and theirs must not be lost. */
const publish = (revocation: Revocation) => publisher.broadcast(AUTHZ_EXCHANGE, revocation);
/** How often each key was published. */
const heard = new Map<string, number>();
beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  database = await connectDatabase(serviceUrls.DATABASE_URL);
  broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  publisher = await createPublisher(broker);
  await broker.openChannel(async (channel) => {
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, AUTHZ_EXCHANGE, "");
    const hear = (content: Buffer): void => {
      const { key }: Revocation = JSON.parse(content.toString());
      heard.set(key, (heard.get(key) ?? 0) + 1);
    };
    await channel.consume(queue, (message) => message && hear(message.content), { noAck: true });
  });
}, 30_000);
afterAll(async () => {
  await broker?.close();
  await database?.close();
});

let mine: string;
beforeEach(() => {
  mine = `test:${crypto.randomUUID()}`;
});

const revoke = async (count = 1, expiresAt = new Date(Date.now() + hourMs)) => {
  const keys = Array.from({ length: count }, (_, i) => `${mine}:${i}`);
  await database.call((db) =>
    db.insert(revocations).values(keys.map((key) => ({ key, expiresAt }))),
  );
  return keys;
};
const rows = () =>
  database.call((db) =>
    db
      .select()
      .from(revocations)
      .where(like(revocations.key, `${mine}%`)),
  );
const pending = async () => (await rows()).filter(({ publishedAt }) => publishedAt === null).length;

describe("relaying", () => {
  test("by several at once publishes every revocation once", async () => {
    const other = await connectDatabase(serviceUrls.DATABASE_URL);
    const keys = await revoke(3 * relayBatchMax);
    const relay = async (database: Database) => {
      const { publishPending } = createOutbox(database);
      while ((await pending()) > 0) await relayOnce({ publishPending, broadcast: publish });
    };
    await Promise.all([relay(database), relay(other), relay(database)]);
    await until(() => keys.every((key) => heard.has(key)));
    expect(keys.filter((key) => heard.get(key) !== 1)).toEqual([]);
    await other.close();
  });

  test("goes on with the others when one is not published, and rejects with its error", async () => {
    const keys = await revoke(3);
    const broken = new Error("no confirm");
    const broadcast = async (revocation: Revocation) => {
      if (revocation.key === keys[1]) throw broken;
      await publish(revocation);
    };
    const { publishPending } = createOutbox(database);
    await until(async () => {
      await relayOnce({ publishPending, broadcast }).catch((error) => expect(error).toBe(broken));
      return (await pending()) === 1;
    });
    await expect(relayOnce({ publishPending, broadcast })).rejects.toBe(broken);
    await relayOnce({ publishPending, broadcast: publish });
    expect(await pending()).toBe(0);
  });

  test("that dies between publishing and marking publishes again", async () => {
    const proxy = startTcpProxy(serviceUrls.DATABASE_URL);
    const dying = await connectDatabase(proxy.url);
    const [key = ""] = await revoke();
    const broadcast = async (revocation: Revocation) => {
      await publish(revocation);
      if (revocation.key === key) proxy.reset();
    };
    const { publishPending } = createOutbox(dying);
    await expect(relayOnce({ publishPending, broadcast })).rejects.toThrow("UNAVAILABLE");
    expect(await pending()).toBe(1);
    await until(async () => {
      await relayOnce({ ...createOutbox(database), broadcast: publish });
      return (await pending()) === 0;
    });
    await until(() => heard.get(key) === 2);
    await dying.close();
    proxy.stop();
  });
});

describe("a process that relays", () => {
  const closers: (() => unknown)[] = [];
  const scope = {
    stopping: false,
    onStop: (_: string, close: () => unknown) => void closers.push(close),
  };
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  test("publishes a logout that was made while the broker was away, and logs the outage once", async () => {
    const proxy = startTcpProxy(serviceUrls.AMQP_URL);
    closers.push(proxy.stop);
    const flaky = await connectBroker(proxy.url, silentLog);
    closers.push(flaky.close);
    const away = await createPublisher(flaky);
    const lines: string[] = [];
    const log = createLogger("test", "info", (line) => lines.push(JSON.parse(line).message));
    const clock = { now: () => Date.now() };
    proxy.refuse();
    proxy.reset();
    await until(() => !away.isReady());
    let tries = 0;
    const broadcast = (exchange: string, body: unknown) => {
      tries++;
      return away.broadcast(exchange, body);
    };
    startRelay({ database, publisher: { broadcast }, clock, log, scope });

    const session = openedSession(mine, "dev");
    const store = createSessions(database);
    await database.call((db) => db.execute(createAccount(mine)));
    const later = new Date(Date.now() + hourMs);
    await store.open(session, { access: later, refresh: later }, Date.now());
    const ended = await store.remove(session.id, Date.now());
    const key = ended?.key ?? "";
    const stored = () =>
      database.call((db) => db.select().from(revocations).where(eq(revocations.key, key)));
    await until(() => lines.length > 0);
    const triedBefore = tries;
    await until(() => tries > triedBefore + 2);
    expect(await lagSeconds()).toBeGreaterThan(0.5);
    expect(lines).toEqual(["revocations not published, retrying"]);
    expect([heard.has(key), (await stored())[0]?.publishedAt]).toEqual([false, null]);

    proxy.heal();
    await until(() => heard.has(key));
    await until(async () => (await stored())[0]?.publishedAt);
    await until(() => lines.length > 1);
    expect(await lagSeconds()).toBeLessThan(0.5);
    expect(lines).toEqual(["revocations not published, retrying", "revocations republished"]);
  }, 20_000);
});

async function lagSeconds(): Promise<number> {
  const metric = await register.getSingleMetric("eco2_outbox_lag_seconds")?.get();
  return metric?.values[0]?.value ?? Number.NaN;
}

describe("sweeping", () => {
  test("removes what expired an hour ago, published or not, and sessions that are over", async () => {
    const now = Date.now();
    await revoke(1, new Date(now - hourMs - 60_000));
    const old = mine;
    mine = `${mine}-young`;
    await revoke(1, new Date(now - hourMs + 60_000));
    await database.call((db) => db.execute(createAccount(mine)));
    const [over, open] = [openedSession(mine, "dev"), openedSession(mine, "dev")];
    const store = createSessions(database);
    const at = (ms: number) => ({ access: new Date(ms), refresh: new Date(ms) });
    await store.open(over, at(now - 1), now);
    await store.open(open, at(now + 60_000), now);
    await createOutbox(database).sweep(now);
    const keys = [`${old}:0`, `${mine}:0`];
    const left = await database.call((db) =>
      db.select().from(revocations).where(inArray(revocations.key, keys)),
    );
    expect(left.map(({ key }) => key)).toEqual([`${mine}:0`]);
    const both = inArray(sessions.id, [over.id, open.id]);
    expect(
      (await database.call((db) => db.select().from(sessions).where(both))).map(({ id }) => id),
    ).toEqual([open.id]);
  });
});
