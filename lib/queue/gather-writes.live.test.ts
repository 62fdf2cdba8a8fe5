import { expect, test } from "bun:test";
import { Socket } from "node:net";
import amqp, { type ConfirmChannel } from "amqplib";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { connectBroker } from "./broker.ts";

test("what a broker sends in one turn leaves in few writes", async () => {
  const broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  try {
    const { current } = await broker.openChannel(async (channel) => channel);
    const channel = current();
    if (!channel) throw new Error("the channel is not open");
    expect(await writesOf50(channel)).toBeWithin(1, 10);
  } finally {
    await broker.close();
  }
});

test("the library by itself makes one write for each message: else there is nothing to gather", async () => {
  const connection = await amqp.connect(serviceUrls.AMQP_URL);
  try {
    const channel = await connection.createConfirmChannel();
    expect(await writesOf50(channel)).toBeGreaterThanOrEqual(50);
  } finally {
    await connection.close();
  }
});

/** System calls it takes to send 50 messages at once. */
async function writesOf50(channel: ConfirmChannel): Promise<number> {
  const { queue } = await channel.assertQueue("", { exclusive: true });
  const socket: unknown = Reflect.get(channel.connection, "stream");
  if (!(socket instanceof Socket)) throw new Error("the library keeps its socket elsewhere");
  let writes = 0;
  for (const name of ["_write", "_writev"] as const) {
    const original = socket[name];
    Object.assign(socket, {
      [name]: (...given: unknown[]) => {
        writes++;
        return original && Reflect.apply(original, socket, given);
      },
    });
  }
  for (let n = 0; n < 50; n++) channel.sendToQueue(queue, Buffer.from(String(n)));
  await channel.waitForConfirms();
  return writes;
}
