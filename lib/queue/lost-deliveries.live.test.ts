import { expect, test } from "bun:test";
import amqp from "amqplib";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { startTcpProxy } from "#lib/testing/tcp-proxy.ts";
import { until } from "#lib/testing/until.ts";
import { connectBroker } from "./broker.ts";
import { consume } from "./consumer.ts";
import { createPublisher } from "./publisher.ts";

const task = "scan.rule";
/** Half of what a queue allows, and one more. */
const losses = 11;

test("a message whose consumer loses its connection again and again starts anew", async () => {
  const proxy = startTcpProxy(serviceUrls.AMQP_URL);
  const broker = await connectBroker(proxy.url, silentLog);
  const publisher = await createPublisher(broker);
  const raw = await amqp.connect(serviceUrls.AMQP_URL);
  const operator = await raw.createChannel();
  await operator.purgeQueue(task);
  await operator.purgeQueue(`dlq.${task}`);
  let tries = 0;
  const handler = {
    run: () => {
      tries++;
      return new Promise(() => undefined);
    },
  };
  const consumer = await consume(task, handler, { broker, publisher, log: silentLog });
  try {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    await publisher.publish(task, { n: 1 }, { traceparent, attempt: 0, epoch: 0 });
    for (let lost = 1; lost <= losses; lost++) {
      await until(() => tries === lost);
      proxy.reset();
    }
    await until(() => tries > losses);
    proxy.refuse();
    proxy.reset();
    const message = await until(() => operator.get(task, { noAck: true }));
    expect(
      typeof message === "object" && message.properties.headers?.["x-delivery-count"],
    ).toBeLessThan(losses);
  } finally {
    proxy.heal();
    await operator.purgeQueue(task);
    await consumer.stop(0);
    await broker.close();
    await raw.close();
    proxy.stop();
  }
}, 60_000);
