import type { Hub } from "../hub.ts";
import type { Sink, Stream } from "../stream.ts";

/** Bytes a client may be behind before it is cut; it resumes with its last id. */
const unreadBytesMax = 64 * 1024;

/** Where a body's bytes go once it is being sent. */
export interface BodyWriter {
  /** A number when they were taken; else a promise, the same one until all that was given is taken. */
  write(bytes: Uint8Array): number | Promise<number>;
  end(): unknown;
}

/** The body of a response that is sent by `Bun.serve`. */
export function openBody(...given: ConstructorParameters<typeof ClientBody>): ReadableStream {
  // By reflection: the DOM's types, which win over Bun's, know no such kind of stream.
  return Reflect.construct(ReadableStream, [new ClientBody(...given)]);
}

/**
 * One client's body: the source of a stream of Bun's own kind, which writes bytes straight to the connection.
 * The standard kind keeps a queue, a reader and a promise for every client, twice the memory.
 */
export class ClientBody implements Sink {
  readonly type = "direct";
  readonly #hub: Hub;
  readonly #onEnd: (isTaken: boolean) => void;
  readonly #stream: Stream;
  /** Written before the body was asked for. */
  #early: Uint8Array[] | undefined;
  #writer: BodyWriter | undefined;
  /** Given to a connection that has not taken all it was given before. */
  #unreadBytes = 0;
  #isOver = false;

  /**
   * @param onEnd runs when the stream is over or the client has gone; `isTaken` says that the connection has
   * taken all of it, and of a stream that was over early, it is said once more when it has.
   */
  constructor(
    hub: Hub,
    { opening, onEnd }: { opening: Uint8Array; onEnd: (isTaken: boolean) => void },
    connect: (sink: Sink) => Stream,
  ) {
    this.#hub = hub;
    this.#onEnd = onEnd;
    this.#early = [opening];
    this.#stream = connect(this);
  }

  /** Called when the head was sent; by a reader in the same process before every read. */
  pull(writer: BodyWriter): void {
    this.#writer = writer;
    this.#unreadBytes = 0;
    for (const bytes of this.#early ?? []) this.#give(writer, bytes);
    this.#early = undefined;
    if (!this.#isOver) return;
    this.#onEnd(this.#unreadBytes === 0);
    writer.end();
  }

  /** Called when the client has gone, be it before its answer. */
  cancel(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#onEnd(false);
    }
    // Its replay may still be on the way.
    this.#stream.close();
    this.#hub.remove(this.#stream);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver) return false;
    if (this.#writer) return this.#give(this.#writer, bytes);
    this.#early?.push(bytes);
    this.#unreadBytes += bytes.length;
    return this.#unreadBytes <= unreadBytesMax;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // In this order: Bun ignores an idle timeout that is set after the end.
    this.#onEnd(this.#writer !== undefined && this.#unreadBytes === 0);
    this.#writer?.end();
  }

  #give(writer: BodyWriter, bytes: Uint8Array): boolean {
    const taken = writer.write(bytes);
    if (!(taken instanceof Promise)) return true;
    const forget = (): void => {
      this.#unreadBytes = 0;
    };
    if (this.#unreadBytes === 0) taken.then(forget, forget);
    this.#unreadBytes += bytes.length;
    return this.#unreadBytes <= unreadBytesMax;
  }
}
