import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import type { Delivery } from "#lib/contract/task.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { type Broker, connectBroker } from "./broker.ts";
import { type Consumer, consume } from "./consumer.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { RETRY_DELAYS_MS } from "./topology.ts";
import type { Turns } from "./turns.ts";

const task = "scan.rule";
const headers = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, attempt: 0, epoch: 0 };

let broker: Broker;
let publisher: Publisher;
let raw: ChannelModel;
let operator: Channel;
const consumers: Consumer[] = [];
beforeAll(async () => {
  broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  publisher = await createPublisher(broker);
  raw = await amqp.connect(serviceUrls.AMQP_URL);
  operator = await raw.createChannel();
});
beforeEach(async () => {
  await Promise.all(consumers.splice(0).map((one) => one.stop(0)));
  for (const name of [task, `dlq.${task}`, ...Object.keys(RETRY_DELAYS_MS)])
    await operator.purgeQueue(name);
});
afterAll(async () => {
  await Promise.all(consumers.map((one) => one.stop(0)));
  await broker.close();
  await raw.close();
});

/** One message is worked on at a time, the newest of those that wait first. */
function newestFirst() {
  const waiting: { body: unknown; resolve: (leave: (() => void) | undefined) => void }[] = [];
  let isTaken = false;
  const leave = () => {
    const next = waiting.pop();
    isTaken = next !== undefined;
    next?.resolve(leave);
  };
  const turns: Turns = {
    tryTake() {
      if (isTaken) return undefined;
      isTaken = true;
      return leave;
    },
    take: (body) => new Promise((resolve) => waiting.push({ body, resolve })),
    dismiss: () => {
      for (const { resolve } of waiting.splice(0)) resolve(undefined);
    },
  };
  return { turns, waiting };
}

/** A consumer whose work ends when it is told. */
async function start(through = broker) {
  const { turns, waiting } = newestFirst();
  const seen: unknown[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const run = async (body: unknown, { signal }: Delivery) => {
    seen.push(body);
    const gate = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => gate.reject(signal.reason));
    gates.push(gate);
    await gate.promise;
  };
  const deps = { broker: through, publisher, log: silentLog };
  const consumer = await consume(task, { run }, deps, { turns });
  consumers.push(consumer);
  const publish = async (count: number) => {
    for (let i = 0; i < count; i++) await publisher.publish(task, i, headers);
    await until(() => seen.length + waiting.length >= count);
  };
  return { consumer, seen, waiting, publish, next: () => gates.shift()?.resolve() };
}

const depth = async () => (await operator.checkQueue(task)).messageCount;

test("what a consumer holds is worked on in the order of its turns, and acked", async () => {
  const { consumer, seen, publish, next } = await start();
  await publish(4);
  for (let i = 1; i <= 4; i++) {
    await until(() => seen.length === i);
    next();
  }
  await consumer.stop(1_000);
  expect(seen).toEqual([0, 3, 2, 1]);
  expect(await depth()).toBe(0);
});

test("what waits goes back at once when the consumer stops, before what is worked on has ended", async () => {
  const { consumer, seen, publish, next } = await start();
  await publish(5);
  const stopped = consumer.stop(10_000);
  await until(async () => (await depth()) === 4);
  expect(seen).toEqual([0]);
  next();
  await stopped;
  expect(await depth()).toBe(4);
});

test("what waits goes back when the consumer is paused, and comes again when it goes on", async () => {
  const { consumer, waiting, publish } = await start();
  await publish(5);
  await consumer.setPrefetch(0);
  await until(async () => (await depth()) === 4);
  expect([waiting.length, consumer.isConsuming()]).toEqual([0, true]);
  await consumer.setPrefetch(512);
  await until(() => waiting.length === 4);
  expect(await depth()).toBe(0);
});

test("what goes back again and again does not use up its deliveries", async () => {
  const { consumer, waiting, publish } = await start();
  await publish(2);
  // More often than a queue delivers.
  for (let times = 0; times < 24; times++) {
    await consumer.setPrefetch(0);
    await until(() => waiting.length === 0);
    await consumer.setPrefetch(512);
    await until(() => waiting.length === 1);
  }
  const { messageCount } = await operator.checkQueue(`dlq.${task}`);
  expect(messageCount).toBe(0);
}, 30_000);

test("what waits when the connection is lost is worked on once", async () => {
  const proxy = startTcpProxy(serviceUrls.AMQP_URL);
  const far = await connectBroker(proxy.url, silentLog);
  const { consumer, seen, waiting, publish, next } = await start(far);
  try {
    await publish(4);
    next();
    await until(() => seen.length === 2);
    proxy.reset();
    // The one that is worked on comes again as well.
    await until(() => waiting.length === 3);
    for (let i = 3; i <= 5; i++) {
      next();
      await until(() => seen.length === i);
    }
    expect(seen.filter((body) => body === 1 || body === 2)).toHaveLength(2);
  } finally {
    next();
    await consumer.stop(1_000);
    await far.close();
    proxy.stop();
  }
}, 20_000);
