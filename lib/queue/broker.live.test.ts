import { expect, test } from "bun:test";
import { Socket } from "node:net";
import type { ConfirmChannel } from "amqplib";
import { serviceUrls, silentLog } from "#lib/testing/services.ts";
import { connectBroker } from "./broker.ts";

test("what a connection sends in one turn leaves as few writes, though the library makes one each", async () => {
  const broker = await connectBroker(serviceUrls.AMQP_URL, silentLog);
  try {
    const { promise, resolve } = Promise.withResolvers<ConfirmChannel>();
    await broker.openChannel(async (channel) => resolve(channel));
    const channel = await promise;
    const { queue } = await channel.assertQueue("", { exclusive: true });
    const socket: unknown = Reflect.get(channel.connection, "stream");
    if (!(socket instanceof Socket)) throw new Error("the library keeps its socket elsewhere");
    let writes = 0;
    const { _write } = socket;
    socket._write = (...given) => {
      writes++;
      _write.apply(socket, given);
    };
    for (let n = 0; n < 50; n++) channel.sendToQueue(queue, Buffer.from(String(n)));
    await channel.waitForConfirms();
    expect(writes).toBeWithin(1, 10);
  } finally {
    await broker.close();
  }
});
