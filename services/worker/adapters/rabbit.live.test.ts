import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from "amqplib";
import type { Delivery, TaskName } from "#lib/contract/task.ts";
import { type Broker, connectBroker } from "#lib/queue/broker.ts";
import { createPublisher, type Publisher } from "#lib/queue/publisher.ts";
import { createRpcClient, type RpcClient } from "#lib/queue/rpc-client.ts";
import { TASKS } from "#lib/queue/topology.ts";
import { ownershipGrant } from "#lib/testing/ownership-grant.ts";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { delivery, message, petAnswer, petty, petVision } from "../scan-fixture.ts";
import { createStagePublishers } from "./rabbit.ts";

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

describe("what a stage publishes", () => {
  let rpc: RpcClient;
  beforeAll(async () => {
    rpc = await createRpcClient(broker);
  });

  /** A second try of a message that was redriven twice. */
  const second: Delivery = { ...delivery, attempt: 1, epoch: 2 };
  const own = { ...message, job_id: Bun.randomUUIDv7() };
  const grant = ownershipGrant({ job_id: own.job_id });
  const answered = { ...own, vision: petVision, answer: petAnswer };

  const cases: [
    TaskName,
    unknown,
    (to: ReturnType<typeof createStagePublishers>) => Promise<void>,
  ][] = [
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
      await publish(createStagePublishers(publisher, rpc));
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

  test("asks for a match and returns the reply", async () => {
    const copies = await listen("character.match");
    const request = { job_id: own.job_id, user_id: "u", match_label: "무색페트병" };
    const reply = createStagePublishers(publisher, rpc).match(request, second);
    const { properties, content } = await until(() => copies.find(isOwn));
    expect(JSON.parse(content.toString())).toEqual(request);
    const { replyTo, correlationId } = properties;
    channel.publish("", replyTo, Buffer.from(JSON.stringify(petty)), { correlationId });
    expect(await reply).toEqual(petty);
    await takeOut("character.match");
  });

  test("takes a reply that is not JSON for none, and keeps its connection", async () => {
    const lost: unknown[] = [];
    const log = { ...silentLog, warn: (text: string) => void lost.push(text) };
    const other = await connectBroker(serviceUrls.AMQP_URL, log);
    const copies = await listen("character.match");
    const asked = createStagePublishers(publisher, await createRpcClient(other));
    const request = { job_id: own.job_id, user_id: "u", match_label: "무색페트병" };
    for (const text of ["", "{", "\u0000", JSON.stringify(petty)]) {
      const reply = asked.match(request, second).catch(({ code }) => code);
      const { replyTo, correlationId } = await until(() => copies.pop()?.properties);
      channel.publish("", replyTo, Buffer.from(text), { correlationId });
      expect(await reply).toEqual(text.length > 1 ? petty : "UNAVAILABLE");
      await takeOut("character.match");
    }
    expect(lost).toEqual([]);
    await other.close();
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
