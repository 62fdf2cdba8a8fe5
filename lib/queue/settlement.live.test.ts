import { afterAll, beforeAll, expect, test } from "bun:test";
import amqp, { type ChannelModel, type ConfirmChannel, type ConsumeMessage } from "amqplib";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { Settlement } from "./settlement.ts";

let connection: ChannelModel;
beforeAll(async () => {
  connection = await amqp.connect(serviceUrls.AMQP_URL);
});
afterAll(() => connection.close());

/** Six messages in hand: "1" to "6". */
async function receive() {
  const channel = await connection.createConfirmChannel();
  channel.on("error", () => undefined);
  const { queue } = await channel.assertQueue("", { autoDelete: false, exclusive: true });
  for (let n = 1; n <= 6; n++) channel.sendToQueue(queue, Buffer.from(String(n)));
  const settlement = new Settlement(channel);
  const messages: ConsumeMessage[] = [];
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (!message) return;
    settlement.received(message);
    messages.push(message);
  });
  await until(() => messages.length === 6);
  const settle = (how: (message: ConsumeMessage) => void, ...numbers: number[]) => {
    for (const message of messages) if (numbers.includes(Number(message.content))) how(message);
  };
  return { channel, queue, consumerTag, settlement, settle };
}

/** What the broker still has once nobody holds it any more. */
async function left({ channel, queue }: { channel: ConfirmChannel; queue: string }) {
  // The broker closes a channel on which something is settled twice: then this rejects.
  await channel.checkQueue(queue);
  await channel.close();
  const reader = await connection.createChannel();
  const numbers: string[] = [];
  for (let one = await reader.get(queue); one; one = await reader.get(queue)) {
    numbers.push(one.content.toString());
  }
  await reader.close();
  return numbers.toSorted();
}

test("acks settle their own messages, in whatever order they come, and no open one between", async () => {
  const given = await receive();
  given.settle((message) => given.settlement.ack(message), 6, 1, 2, 4);
  given.settlement.flush();
  expect(await left(given)).toEqual(["3", "5"]);
});

test("a message that is left open is not acked by those around it", async () => {
  const given = await receive();
  given.settle((message) => given.settlement.deadLetter(message), 3);
  given.settle((message) => given.settlement.ack(message), 1, 4, 5, 6);
  given.settlement.flush();
  expect(await left(given)).toEqual(["2"]);
});

test("a message is settled once: a second settlement would close the channel", async () => {
  const given = await receive();
  const { settlement } = given;
  given.settle((message) => settlement.ack(message), 1, 2, 5);
  settlement.flush();
  for (const again of [
    (message: ConsumeMessage) => settlement.ack(message),
    (message: ConsumeMessage) => settlement.deadLetter(message),
  ]) {
    given.settle(again, 1, 2, 5);
    settlement.flush();
  }
  expect(await left(given)).toEqual(["3", "4", "6"]);
});

test("acks leave by themselves, and on a channel that has died nothing is thrown", async () => {
  const given = await receive();
  given.settle((message) => given.settlement.ack(message), 1, 2, 3, 4, 5);
  await new Promise(setImmediate);
  await given.channel.close();
  given.settle((message) => given.settlement.ack(message), 6);
  given.settlement.flush();
  const reader = await connection.createChannel();
  expect((await reader.checkQueue(given.queue)).messageCount).toBe(1);
  await reader.close();
});
