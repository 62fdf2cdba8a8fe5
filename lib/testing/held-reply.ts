import type { Reply } from "./openai-server.ts";

const encoder = new TextEncoder();
const chunk = (delta: object, rest: object = {}) =>
  encoder.encode(`data: ${JSON.stringify({ choices: [{ index: 0, delta, ...rest }] })}\n\n`);

/** A model's reply that streams as its test says, word by word. */
export interface HeldReply {
  readonly reply: Reply;
  say(text: string): void;
  /** The model has said everything. */
  end(): void;
  /** Resolves when nobody reads it any more, before its end. */
  readonly abandoned: Promise<void>;
}

export function holdReply(): HeldReply {
  const abandoned = Promise.withResolvers<void>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
      // The head goes out with the first bytes.
      started.enqueue(encoder.encode(": \n\n"));
    },
    cancel: () => abandoned.resolve(),
  });
  return {
    reply: { headers: { "content-type": "text/event-stream" }, body },
    say: (content) => controller?.enqueue(chunk({ content })),
    end: () => {
      controller?.enqueue(chunk({}, { finish_reason: "stop" }));
      controller?.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller?.close();
    },
    abandoned: abandoned.promise,
  };
}
