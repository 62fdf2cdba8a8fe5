import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from "amqplib";
import type { Character } from "#lib/contract/character.ts";
import type { CatalogChange } from "#lib/contract/scan-message.ts";
import type { Delivery } from "#lib/contract/task.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher, type Publisher } from "#lib/queue/publisher.ts";
import { createRpcClient, type RpcClient } from "#lib/queue/rpc-client.ts";
import { CATALOG_EXCHANGE, TASKS, type TaskName } from "#lib/queue/topology.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy, type TcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { Catalog } from "../catalog.ts";
import { delivery, message, petAnswer, petty, petVision } from "../rehearsal.ts";
import { createOutlets, followCatalog } from "./rabbit.ts";

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

  beforeEach(async () => {
    const url = new URL(serviceUrls.AMQP_URL);
    proxy = startTcpProxy({ hostname: url.hostname, port: Number(url.port || 5672) });
    url.hostname = "127.0.0.1";
    url.port = String(proxy.port);
    own = await connectBroker(url.href, silentLog);
    stored = [character("a", "종이")];
    loads = 0;
    isAway = false;
    queues = [];
    catalog = new Catalog(async () => {
      loads++;
      if (isAway) throw new Error("Postgres is away");
      return stored;
    });
    await followCatalog(watched(own), catalog, silentLog);
  });
  afterEach(async () => {
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
    proxy.cut();
    stored = [character("a", "종이", "새 이름")];
    await until(() => nameOf("종이") === "새 이름");
    await tell(upsert("b", "금속류"));
    await until(() => nameOf("금속류") === "b");
  });

  test("subscribes and reads anew when the broker has dropped its queue", async () => {
    stored = [character("a", "종이", "새 이름")];
    const closeChannel = await own.openChannel(async (other) => {
      await other.deleteQueue(queues[0] ?? "");
    });
    await until(() => nameOf("종이") === "새 이름");
    await tell(upsert("b", "금속류"));
    await until(() => nameOf("금속류") === "b");
    await closeChannel();
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
          await setup(opened);
        }),
    };
  }
});

describe("an outlet", () => {
  let rpc: RpcClient;
  beforeAll(async () => {
    rpc = await createRpcClient(broker);
  });

  /** A second try of a message that was redriven twice. */
  const second: Delivery = { ...delivery, attempt: 1, redrive: 2 };
  const own = { ...message, job_id: Bun.randomUUIDv7() };
  const grant = {
    job_id: own.job_id,
    user_id: "u",
    character_code: "char-petty",
    character_name: "페티",
    granted_at: 1_800_000_000_000,
  };
  const answered = { ...own, vision: petVision, answer: petAnswer };

  const cases: [TaskName, unknown, (outlets: ReturnType<typeof createOutlets>) => Promise<void>][] =
    [
      ["scan.rule", answered, (to) => to.publishRule(answered, second)],
      ["scan.answer", answered, (to) => to.publishAnswer(answered, second)],
      ["scan.reward", answered, (to) => to.publishReward(answered, second)],
      ["character.save_ownership", grant, (to) => to.grantOwnership(grant, second)],
      ["users.save_character", grant, (to) => to.grantUserCharacter(grant, second)],
    ];
  test.each(cases)(
    "to %s carries the whole message, its trace and epoch, and no failed try",
    async (task, body, publish) => {
      const copies = await listen(task);
      await publish(createOutlets(publisher, rpc));
      const copy = await until(() => copies.find(isOwn));
      expect(JSON.parse(copy.content.toString())).toEqual(body);
      expect(copy.properties.deliveryMode).toBe(2);
      expect(copy.properties.headers).toMatchObject({
        traceparent: second.traceparent,
        "x-attempt": 0,
        "x-redrive": 2,
      });
      await takeOut(task);
    },
  );

  test("asks for a match and gives back what is answered", async () => {
    const copies = await listen("character.match");
    const request = { job_id: own.job_id, user_id: "u", match_label: "무색페트병" };
    const reply = createOutlets(publisher, rpc).match(request, second);
    const { properties, content } = await until(() => copies.find(isOwn));
    expect(JSON.parse(content.toString())).toEqual(request);
    const { replyTo, correlationId } = properties;
    channel.publish("", replyTo, Buffer.from(JSON.stringify(petty)), { correlationId });
    expect(await reply).toEqual(petty);
    await takeOut("character.match");
  });

  const isOwn = ({ content }: { readonly content: Buffer }) =>
    content.toString().includes(own.job_id);

  /** A copy of everything that is sent to the task, in a queue of the test's own. */
  async function listen(task: TaskName): Promise<ConsumeMessage[]> {
    const copies: ConsumeMessage[] = [];
    const { queue } = await channel.assertQueue("", { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, TASKS[task].exchange, task);
    await channel.consume(queue, (copy) => copy && copies.push(copy), { noAck: true });
    return copies;
  }

  /** No later test may find the message in the real queue. */
  async function takeOut(task: TaskName): Promise<void> {
    for (;;) {
      const found = await channel.get(task);
      if (!found) break;
      if (isOwn(found)) {
        channel.ack(found);
        break;
      }
    }
    await channel.recover();
  }
});

function character(code: string, matchLabel: string, name = code): Character {
  return { code, name, matchLabel, dialog: "안녕!", isDefault: false };
}

function upsert(code: string, match_label: string, name = code): CatalogChange {
  const fields = { code, name, match_label, dialog: "안녕!", is_default: false };
  return { action: "upsert", character: fields };
}
