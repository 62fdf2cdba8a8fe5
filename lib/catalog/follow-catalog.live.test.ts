import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import type { Character } from "#lib/contract/character.ts";
import type { CatalogChange } from "#lib/contract/character-message.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher, type Publisher } from "#lib/queue/publisher.ts";
import { CATALOG_EXCHANGE } from "#lib/queue/topology.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { Catalog } from "./catalog.ts";
import { followCatalog } from "./follow-catalog.ts";

/** Connected directly; what a test cuts off has a connection of its own. */
let broker: Broker;
let publisher: Publisher;
let raw: ChannelModel;
let channel: Channel;
beforeAll(async () => {
  broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  publisher = await createPublisher(broker);
  raw = await amqp.connect(serviceUrls.AMQP_URL);
  channel = await raw.createChannel();
});
afterAll(async () => {
  await broker?.close();
  await raw?.close();
});

describe("following the catalogue", () => {
  let proxy: TcpProxy;
  let own: Broker;
  let catalog: Catalog;
  let stored: Character[];
  let loads: number;
  let isAway: boolean;
  /** The queues the follower has declared, newest last. */
  let queues: string[];
  let stopRereading: () => void;

  beforeEach(async () => {
    proxy = startTcpProxy(serviceUrls.AMQP_URL);
    own = await connectBroker(proxy.url, silentLog);
    stored = [character("a", "종이")];
    loads = 0;
    isAway = false;
    queues = [];
    catalog = new Catalog(async () => {
      loads++;
      if (isAway) throw new Error("Postgres is away");
      return stored;
    });
    stopRereading = await followCatalog(watched(own), catalog, silentLog);
  });
  afterEach(async () => {
    stopRereading();
    await own.close();
    proxy.stop();
  });

  const tell = (change: CatalogChange) => publisher.broadcast(CATALOG_EXCHANGE, change);
  const nameOf = (label: string) => catalog.findByLabel(label)?.name;

  test("starts with what is stored", () => {
    expect([catalog.size, loads, queues.length]).toEqual([1, 1, 1]);
  });

  test("hears of additions, changes and removals, and reads nothing for them", async () => {
    await tell(upsert("b", "금속류"));
    await until(() => nameOf("금속류") === "b");
    await tell(upsert("b", "금속류", "메탈리"));
    await until(() => nameOf("금속류") === "메탈리");
    await tell({ action: "delete", code: "a" });
    await until(() => catalog.size === 1);
    expect([nameOf("종이"), loads]).toEqual([undefined, 1]);
  });

  test("reads everything again when told to, and when told what it cannot read", async () => {
    stored = [character("c", "유리병")];
    await tell({ action: "full_refresh" });
    await until(() => nameOf("유리병") === "c");
    for (const content of ["not json", '{"action":"merge"}', "null"]) {
      const before = loads;
      stored = [character(content, "비닐류")];
      channel.publish(CATALOG_EXCHANGE, "", Buffer.from(content));
      await until(() => nameOf("비닐류") === content);
      expect(loads).toBe(before + 1);
    }
  });

  test("misses no change while its connection is lost", async () => {
    proxy.reset();
    stored = [character("a", "종이", "새 이름")];
    await until(() => nameOf("종이") === "새 이름");
    await tell(upsert("b", "금속류"));
    await until(() => nameOf("금속류") === "b");
  });

  test("subscribes and reads anew when the broker has dropped its queue", async () => {
    stored = [character("a", "종이", "새 이름")];
    const opened = await own.openChannel(async (other) => {
      await other.deleteQueue(queues[0] ?? "");
    });
    await until(() => nameOf("종이") === "새 이름");
    await tell(upsert("b", "금속류"));
    await until(() => nameOf("금속류") === "b");
    await opened.close();
  });

  test("is not stale for ever when the store is away as it is told of a change", async () => {
    isAway = true;
    stored = [character("a", "종이", "새 이름")];
    await tell({ action: "full_refresh" });
    await until(() => loads >= 3);
    expect(nameOf("종이")).toBe("a");
    isAway = false;
    await until(() => nameOf("종이") === "새 이름");
  });

  test("knows what nobody could tell it: it reads everything again, also while the broker is away", async () => {
    stopRereading();
    stopRereading = await followCatalog(own, catalog, silentLog, { rereadEveryMs: 20 });
    proxy.refuse();
    proxy.reset();
    stored = [character("a", "종이", "새 이름")];
    await until(() => nameOf("종이") === "새 이름");
    // The store may be away for a while as well.
    isAway = true;
    const before = loads;
    await until(() => loads > before + 1);
    expect(nameOf("종이")).toBe("새 이름");
    stored = [];
    isAway = false;
    await until(() => catalog.size === 0);
  });

  /** The same broker, remembering the queues that are declared. */
  function watched(real: Broker): Broker {
    return {
      ...real,
      openChannel: (setup) =>
        real.openChannel(async (opened) => {
          const declare = opened.assertQueue.bind(opened);
          opened.assertQueue = async (...args) => {
            const declared = await declare(...args);
            queues.push(declared.queue);
            return declared;
          };
          return await setup(opened);
        }),
    };
  }
});

function character(code: string, matchLabel: string, name = code): Character {
  return { code, name, matchLabel, dialog: "안녕!", isDefault: false };
}

function upsert(code: string, match_label: string, name = code): CatalogChange {
  const fields = { code, name, match_label, dialog: "안녕!", is_default: false };
  return { action: "upsert", character: fields };
}
