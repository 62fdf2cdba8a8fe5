import { Socket } from "node:net";

/**
 * The version of amqplib whose internals this file uses: a connection keeps its socket in `stream`, and hands it
 * every frame by a `write` of its own. The tests fail when another version is installed, when the socket is kept
 * elsewhere, and when the library gathers its writes itself: then this file is to be deleted.
 */
export const amqplibVersion = "2.3.1";

/**
 * Makes the frames of one turn of the event loop leave in one system call, no later than before. By itself the
 * library makes one for each publish and each ack, 14 a scan. Measured over five publishes, deliveries and acks:
 * it spares 309 of 1,232 µs of CPU with 8 messages in flight, 64 of 738 with 64, and 38 of 621 with 256.
 */
export function gatherWrites(model: { readonly connection: object } | undefined): void {
  const stream: unknown = model && Reflect.get(model.connection, "stream");
  if (!(stream instanceof Socket)) return;
  const { write } = stream;
  const uncork = (): void => stream.uncork();
  const gather = (...frame: unknown[]): unknown => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(uncork);
    }
    return Reflect.apply(write, stream, frame);
  };
  Object.assign(stream, { write: gather });
}
