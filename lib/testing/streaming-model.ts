/** How a model writes. */
export interface StreamingPace {
  readonly firstMs: number;
  readonly tokensPerS: number;
  readonly tokens: number;
}

/** From one look at the replies that are due to the next: one timer for thousands of replies. */
const tickMs = 5;

const words = [
  "라벨을",
  "떼고",
  "물로",
  "헹군",
  "다음",
  "눌러서",
  "뚜껑을",
  "닫아",
  "버려",
  "주세요",
];

/** What such a model says: known to whoever compares it with what came of it. */
export function streamedText(tokens: number): string {
  return Array.from({ length: tokens }, (_, n) => tokenAt(n)).join("");
}

/** Numbered, so that a part which is missing or comes twice is seen. */
function tokenAt(n: number): string {
  const word = words[n % words.length] ?? "";
  return n % words.length === 0 ? `${n}번 ${word} ` : `${word} `;
}

const writing = new Set<Reply>();
let timer: ReturnType<typeof setInterval> | undefined;

function writeDue(): void {
  const now = performance.now();
  for (const reply of writing) if (!reply.write(now)) writing.delete(reply);
  if (writing.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** A streamed chat completion, at a set pace. */
export function streamCompletion(pace: StreamingPace): Response {
  const reply = new Reply(pace);
  writing.add(reply);
  timer ??= setInterval(writeDue, tickMs);
  return new Response(reply.body, { headers: { "content-type": "text/event-stream" } });
}

const encoder = new TextEncoder();
const common = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };

class Reply {
  readonly body: ReadableStream<Uint8Array>;
  readonly #pace: StreamingPace;
  readonly #startedAt = performance.now();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #written = 0;

  constructor(pace: StreamingPace) {
    this.#pace = pace;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = undefined;
      },
    });
  }

  /** Writes what is due. False when the reply is over. */
  write(now: number): boolean {
    const { firstMs, tokensPerS, tokens } = this.#pace;
    const elapsedMs = now - this.#startedAt - firstMs;
    const due =
      elapsedMs < 0 ? 0 : Math.min(tokens, 1 + Math.floor((elapsedMs * tokensPerS) / 1_000));
    for (; this.#written < due; this.#written++) {
      this.#controller?.enqueue(tokenChunk(this.#written));
    }
    const isOver = this.#written === tokens;
    if (isOver) {
      this.#controller?.enqueue(encoder.encode(endChunks(tokens)));
      this.#controller?.close();
    }
    return !isOver && this.#controller !== undefined;
  }
}

/** Encoded once for all replies. */
const tokenChunks: Uint8Array[] = [];

function tokenChunk(n: number): Uint8Array {
  const bytes = tokenChunks[n] ?? encoder.encode(chunk({ content: tokenAt(n) }));
  tokenChunks[n] = bytes;
  return bytes;
}

function endChunks(tokens: number): string {
  return `${chunk({}, "stop")}${usageChunk(tokens)}data: [DONE]\n\n`;
}

function chunk(delta: object, finish_reason: string | null = null): string {
  return `data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

function usageChunk(tokens: number): string {
  const usage = { prompt_tokens: 100, completion_tokens: tokens, total_tokens: 100 + tokens };
  return `data: ${JSON.stringify({ ...common, choices: [], usage })}\n\n`;
}
