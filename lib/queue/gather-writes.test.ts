import { afterAll, beforeAll, expect, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { amqplibVersion, gatherWrites } from "./gather-writes.ts";

/** Counts what reaches the system. */
class CountingSocket extends Socket {
  writes = 0;
  override _write(...given: Parameters<Socket["_write"]>): void {
    this.writes++;
    super._write(...given);
  }
}

let server: Server;
let received = "";
beforeAll(async () => {
  server = createServer((socket) =>
    socket.on("data", (data) => {
      received += data;
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());

async function connect(): Promise<CountingSocket> {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = new CountingSocket();
  socket.connect(address.port, "127.0.0.1");
  await once(socket, "connect");
  gatherWrites({ connection: { stream: socket } });
  return socket;
}

test("the frames of one turn leave as one write, in order, and none is held back", async () => {
  const socket = await connect();
  const frames = Array.from({ length: 50 }, (_, i) => `<${i}>`);
  for (const turn of [0, 1]) {
    received = "";
    for (const frame of frames) socket.write(Buffer.from(frame));
    await new Promise((resolve) => socket.write("!", resolve));
    expect(socket.writes).toBe(turn + 1);
  }
  socket.end();
  await once(socket, "close");
  expect(received).toEndWith(`${frames.join("")}!`);
});

test("a single frame is written as before", async () => {
  const socket = await connect();
  await new Promise((resolve) => socket.write("one", resolve));
  expect(socket.writes).toBe(1);
  socket.destroy();
});

test.each([[undefined], [{ connection: {} }]])("what has no socket is left alone: %j", (model) => {
  expect(() => gatherWrites(model)).not.toThrow();
});

test("the installed amqplib is the one whose internals are known", async () => {
  const installed = Bun.file(new URL(import.meta.resolve("amqplib/package.json")));
  expect(await installed.json()).toMatchObject({ version: amqplibVersion });
});
