import { afterAll, beforeAll, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel } from "amqplib";
import type { Task } from "#lib/contract/task.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { assertTopology } from "./assert-topology.ts";
import { type Broker, connectBroker } from "./broker.ts";
import { type Consumer, consume } from "./consumer.ts";
import { probeRetryQueues } from "./probe-retry-queues.ts";
import { createPublisher } from "./publisher.ts";
import { createRpcClient, type RpcClient } from "./rpc-client.ts";

const task = "scan.rule";
let broker: Broker;
let rpc: RpcClient;
let raw: ChannelModel;
let channel: Channel;
beforeAll(async () => {
  broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  rpc = await createRpcClient(broker);
  raw = await amqp.connect(serviceUrls.AMQP_URL);
  channel = await raw.createChannel();
  await channel.purgeQueue(task);
});
afterAll(async () => {
  await broker.close();
  await raw.close();
});

const count = async (queue: string) => {
  const { messageCount: messages, consumerCount: consumers } = await channel.checkQueue(queue);
  return { messages, consumers };
};

async function startConsumer(run: Task["run"]): Promise<Consumer> {
  const publisher = await createPublisher(broker);
  return consume(task, { run }, { broker, publisher, log: silentLog });
}

test("a probe returns through every retry queue, and no task runs for it", async () => {
  let runs = 0;
  const consumer = await startConsumer(async () => void runs++);
  expect(await probeRetryQueues({ rpc, count }, [task])).toEqual([]);
  await consumer.stop(1_000);
  expect([runs, (await count(task)).messages]).toEqual([0, 0]);
});

test("a retry queue whose messages do not return is named", async () => {
  const consumer = await startConsumer(async () => undefined);
  // Without its dead-letter exchange it drops what it should return.
  await channel.deleteQueue("retry.1s");
  await channel.assertQueue("retry.1s", { durable: true, arguments: { "x-queue-type": "quorum" } });
  await channel.bindQueue("retry.1s", "retry.1s", "");
  try {
    expect(await probeRetryQueues({ rpc, count }, [task])).toEqual(["retry.1s → scan.rule"]);
  } finally {
    await channel.deleteQueue("retry.1s");
    await assertTopology(channel);
    await consumer.stop(1_000);
  }
}, 20_000);

test("a task that nobody consumes says nothing", async () => {
  await until(async () => (await count(task)).consumers === 0);
  expect(await probeRetryQueues({ rpc, count }, [task])).toEqual([]);
});
