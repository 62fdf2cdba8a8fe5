import { Socket } from "node:net";

/**
 * amqplib hands every frame to its socket by itself, which makes each publish and each ack a system
 * call: 14 a scan. Corked, the frames of one turn of the event loop leave in one, no later than before.
 *
 * @param stream the connection's socket, which the library does not type; anything else is left alone
 */
export function gatherWrites(stream: unknown): void {
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
