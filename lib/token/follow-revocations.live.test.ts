import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import { like } from "drizzle-orm";
import { type Revocation, revocationKeys } from "#lib/contract/revocation.ts";
import { connectDatabase, type Database } from "#lib/db/client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { revocations } from "#lib/db/schema.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher, type Publisher } from "#lib/queue/publisher.ts";
import { AUTHZ_EXCHANGE } from "#lib/queue/topology.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { type FollowGiven, followRevocations } from "./follow-revocations.ts";
import { RevocationList } from "./revocation-list.ts";

/** Connected directly; what a test cuts off has connections of its own. */
let direct: { database: Database; broker: Broker; publisher: Publisher };
let raw: ChannelModel;
let channel: Channel;
/** In every key of this run: others use the same table. */
const run = `test-${crypto.randomUUID()}`;
let lastNumber = 0;

beforeAll(async () => {
  await migrate(serviceUrls.DATABASE_URL);
  const database = await connectDatabase(serviceUrls.DATABASE_URL);
  const broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  direct = { database, broker, publisher: await createPublisher(broker) };
  raw = await amqp.connect(serviceUrls.AMQP_URL);
  channel = await raw.createChannel();
});
afterAll(async () => {
  await direct.database.call((db) =>
    db.delete(revocations).where(like(revocations.key, `sub:${run}%`)),
  );
  await direct.database.close();
  await direct.broker.close();
  await raw.close();
});

let queueProxy: TcpProxy;
let storeProxy: TcpProxy;
let broker: Broker;
let database: Database;
let list: RevocationList;
/** Milliseconds that the process believes to have passed besides the real ones. */
let aheadMs: number;
let stop: () => void;
const now = () => Date.now() + aheadMs;

beforeEach(async () => {
  queueProxy = startTcpProxy(serviceUrls.AMQP_URL);
  storeProxy = startTcpProxy(serviceUrls.DATABASE_URL);
  broker = await connectBroker(queueProxy.url, silentLog);
  database = await connectDatabase(storeProxy.url);
  list = new RevocationList();
  aheadMs = 0;
});
afterEach(async () => {
  stop?.();
  await broker.close();
  await database.close();
  queueProxy.stop();
  storeProxy.stop();
});

const follow = async (rereadEveryMs = 10_000, by: FollowGiven["broker"] = broker) => {
  const given = { broker: by, database, list, log: silentLog };
  stop = await followRevocations(given, { clock: { now }, rereadEveryMs });
};
const newRevocation = (): Revocation => {
  lastNumber++;
  return { key: revocationKeys.user(`${run}-${lastNumber}`), expires_at: Date.now() + 600_000 };
};
const store = async (revocation: Revocation, createdAt = new Date()) => {
  const expiresAt = new Date(revocation.expires_at);
  await direct.database.call((db) =>
    db.insert(revocations).values({ key: revocation.key, expiresAt, createdAt }),
  );
};
const publish = (revocation: Revocation) => direct.publisher.broadcast(AUTHZ_EXCHANGE, revocation);
const isRefused = ({ key }: Revocation) =>
  list.has({ sub: key.slice("sub:".length), sid: "none", jti: "none" });

describe("following revocations", () => {
  test("starts with everything that is stored and has not expired", async () => {
    const [known, ended] = [newRevocation(), { ...newRevocation(), expires_at: Date.now() - 1 }];
    await store(known, new Date(Date.now() - 86_400_000));
    await store(ended);
    await follow();
    expect([isRefused(known), isRefused(ended), list.isCurrent(now())]).toEqual([
      ...[true, false, true],
    ]);
  });

  test("receives each later one", async () => {
    await follow();
    const published = newRevocation();
    await publish(published);
    await until(() => isRefused(published));
  });

  test("misses none while its connection is lost", async () => {
    await follow();
    queueProxy.reset();
    const missed = newRevocation();
    await store(missed);
    await until(() => isRefused(missed));
    const published = newRevocation();
    await publish(published);
    await until(() => isRefused(published));
  });

  test.each(["not json", '{"key":1}', "null"])(
    "starts over after an unreadable message: %s",
    async (content) => {
      await follow();
      const [hidden, published] = [newRevocation(), newRevocation()];
      await store(hidden);
      channel.publish(AUTHZ_EXCHANGE, "", Buffer.from(content));
      await until(() => isRefused(hidden));
      await publish(published);
      await until(() => isRefused(published));
    },
  );

  test("reads what was stored but never published, also when it was committed late", async () => {
    await follow(50);
    const [unpublished, late] = [newRevocation(), newRevocation()];
    await store(late, new Date(Date.now() - 30_000));
    await store(unpublished);
    await until(() => isRefused(unpublished) && isRefused(late));
  });

  test("does not count as followed when the channel was lost during the load", async () => {
    let isLost = false;
    await follow(10_000, {
      openChannel: (setup) =>
        broker.openChannel(async (opened) => {
          const consume = opened.consume.bind(opened);
          opened.consume = async (...given) => {
            const consumer = await consume(...given);
            if (!isLost) await opened.close();
            isLost = true;
            return consumer;
          };
          return await setup(opened);
        }),
    });
    expect(list.isFollowed).toBe(false);
    const hidden = newRevocation();
    await store(hidden);
    await until(() => list.isFollowed && isRefused(hidden));
  });

  test("does not start without a load", async () => {
    storeProxy.refuse();
    storeProxy.reset();
    const error: unknown = await follow().catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "BootError" });
    expect(String(error)).toContain("DATABASE_URL: revoked tokens cannot be read");
    expect(list.isCurrent(now())).toBe(false);
  }, 20_000);
});

describe("an outage", () => {
  const minuteMs = 60_000;

  test("of Postgres alone keeps the list current: revocations arrive by the queue", async () => {
    await follow(50);
    storeProxy.refuse();
    storeProxy.reset();
    aheadMs = 10 * minuteMs;
    const published = newRevocation();
    await publish(published);
    await until(() => isRefused(published));
    expect(list.isCurrent(now())).toBe(true);
  });

  test("of RabbitMQ alone keeps the list current: revocations are read", async () => {
    await follow(50);
    queueProxy.refuse();
    queueProxy.reset();
    await until(() => !list.isFollowed);
    aheadMs = 10 * minuteMs;
    const stored = newRevocation();
    await store(stored);
    await until(() => isRefused(stored) && list.isCurrent(now()));
  });

  test("of both makes the list stale after a minute, until one of them is back", async () => {
    await follow(50);
    for (const proxy of [storeProxy, queueProxy]) {
      proxy.refuse();
      proxy.reset();
    }
    await until(() => !list.isFollowed);
    expect(list.isCurrent(now())).toBe(true);
    const lastRead = now();
    aheadMs = minuteMs + 1_000;
    expect(list.isCurrent(lastRead + minuteMs + 1_000)).toBe(false);
    const missed = newRevocation();
    await store(missed);
    storeProxy.heal();
    await until(() => list.isCurrent(now()), { timeoutMs: 20_000 });
    expect(isRefused(missed)).toBe(true);
  }, 30_000);
});
