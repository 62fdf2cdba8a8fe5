import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import { TASK_NAMES, type Task, type TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { createLogger } from "#lib/log/logger.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { assertTopology } from "./assert-topology.ts";
import { type Broker, connectBroker } from "./broker.ts";
import { type Consumer, consume } from "./consumer.ts";
import { openDeadLetters } from "./dead-letters.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { QUEUES, RETRY_DELAYS_MS } from "./topology.ts";

const headers = {
  traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
  attempt: 0,
  epoch: 0,
};
const task = "scan.reward";

let broker: Broker;
let publisher: Publisher;
let raw: ChannelModel;
let operator: Channel;
const consumers: Consumer[] = [];

beforeAll(async () => {
  broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  publisher = await createPublisher(broker);
  raw = await amqp.connect(serviceUrls.AMQP_URL);
});
beforeEach(async () => {
  operator = await raw.createChannel();
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((one) => one.stop(1_000)));
  await operator.deleteQueue(task);
  await assertTopology(operator);
  for (const name of [...TASK_NAMES, ...Object.keys(RETRY_DELAYS_MS)]) {
    await operator.purgeQueue(name);
  }
});
afterAll(async () => {
  await broker.close();
  await raw.close();
});

async function start(run: Task["run"], name: TaskName = task): Promise<Consumer> {
  const consumer = await consume(name, { run }, { broker, publisher, log: silentLog });
  consumers.push(consumer);
  return consumer;
}
const depth = async (queue: string) => (await operator.checkQueue(queue)).messageCount;

/** As an operator does it who wants other arguments. */
async function redeclare(queue: string, args: Record<string, unknown>): Promise<void> {
  await operator.deleteQueue(queue);
  const spec = QUEUES.find(({ name }) => name === queue)?.arguments;
  await operator.assertQueue(queue, { durable: true, arguments: { ...spec, ...args } });
}

describe("a deleted queue", () => {
  test("is declared again by its consumer, and the others notice nothing", async () => {
    const seen: unknown[] = [];
    const consumer = await start(async (body) => void seen.push(body));
    const neighbour = await start(async () => undefined, "scan.answer");
    await operator.deleteQueue(task);
    await until(() => !consumer.isConsuming());
    let isDisturbed = false;
    await until(() => {
      isDisturbed ||= !neighbour.isConsuming() || !broker.isConnected();
      return consumer.isConsuming();
    });
    await publisher.publish(task, { n: 2 }, headers);
    await until(() => seen.length === 1);
    expect(isDisturbed).toBe(false);
  }, 20_000);

  test("is not declared by a publisher while it is being deleted, which its consumer would not hear of", async () => {
    const seen = new Set<unknown>();
    await start(async (body) => void seen.add(body));
    for (let round = 1; round <= 5; round++) {
      const bodies = Array.from({ length: 20 }, (_, i) => round * 100 + i);
      // What the queue has delivered so far, the broker would withhold of the new one.
      for (const body of bodies) await publisher.publish(task, body, headers);
      await until(() => bodies.every((body) => seen.has(body)));
      let isDeleted = false;
      const deleted = operator.deleteQueue(task).then(() => (isDeleted = true));
      while (!isDeleted) {
        void publisher.publish(task, "meanwhile", headers).catch(() => undefined);
        await Bun.sleep(1);
      }
      await deleted;
      await until(() => publisher.publish(task, `after ${round}`, headers).then(() => true));
      await until(() => seen.has(`after ${round}`));
    }
  }, 60_000);

  test.each([task, "retry.5s"])("%s is declared again by who publishes to it", async (queue) => {
    await operator.deleteQueue(queue);
    await publisher.publish(task, {}, headers);
    const deferred = { ...headers, deferrals: 0, reply: undefined };
    await publisher.retryLater(task, Buffer.from("{}"), deferred, 5_000);
    expect([await depth(task), await depth("retry.5s")]).toEqual([1, 1]);
  });

  test("of dead letters is declared again by who takes them", async () => {
    const deadLetters = await openDeadLetters(broker);
    await operator.deleteQueue(`dlq.${task}`);
    await until(() => deadLetters.take(`dlq.${task}`, 1).then((taken) => taken.length === 0));
    await deadLetters.close();
  });
});

test("a deleted exchange costs its publisher one channel, and is there again with the next", async () => {
  await operator.deleteExchange("scan.direct");
  await expect(publisher.publish(task, {}, headers)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await until(() => publisher.publish(task, {}, headers).then(() => true));
}, 20_000);

describe("a queue with other arguments", () => {
  test("costs its own consumer alone, which is back once the queue is as it should be", async () => {
    const consumer = await start(async () => undefined);
    const neighbour = await start(async () => undefined, "scan.answer");
    await operator.deleteQueue(task);
    // RabbitMQ 3.10 takes a queue that is back within 50 ms for the one that was deleted.
    await until(() => !consumer.isConsuming());
    await redeclare(task, { "x-message-ttl": 1_234 });
    // Two more tries.
    await Bun.sleep(3_500);
    expect(broker.isConnected()).toBe(true);
    expect([consumer.isConsuming(), neighbour.isConsuming()]).toEqual([false, true]);
    await operator.deleteQueue(task);
    await until(() => consumer.isConsuming());
  }, 20_000);

  test("takes no retry, whose message stays in hand: its task is not run again meanwhile", async () => {
    let [runs, refusals] = [0, 0];
    const log = createLogger("test", "debug", (line) => {
      if (line.includes("could not be settled")) refusals++;
    });
    const run = async () => {
      runs++;
      if (runs === 1) throw new Fault("MODEL_TIMEOUT");
    };
    await redeclare("retry.1s", { "x-message-ttl": 1_234 });
    try {
      consumers.push(await consume(task, { run }, { broker, publisher, log }));
      await publisher.publish(task, {}, headers);
      await until(() => refusals > 1);
      expect(runs).toBe(1);
    } finally {
      await operator.deleteQueue("retry.1s");
    }
    await until(() => runs === 2);
  }, 20_000);

  test("that nothing is bound to refuses a publish: it is not lost", async () => {
    await redeclare(task, { "x-message-ttl": 1_234 });
    await expect(publisher.publish(task, {}, headers)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });
});

test("a channel that a full queue has refused in a row is replaced by another", async () => {
  let opened = 0;
  const own = await createPublisher({
    ...broker,
    openChannel: (setup) => {
      opened++;
      return broker.openChannel(setup);
    },
  });
  await redeclare(task, { "x-max-length": 1 });
  await operator.bindQueue(task, "scan.direct", task);
  const outcomes: string[] = [];
  while (outcomes.filter((one) => one === "refused").length < 3) {
    const publish = own.publish(task, {}, headers);
    outcomes.push(
      await publish.then(
        () => "confirmed",
        () => "refused",
      ),
    );
  }
  await until(() => opened === 2);
  await own.close();
});
