import type OpenAI from "openai";
import { APIConnectionError } from "openai";
import { Fault } from "#lib/error/fault.ts";
import { chatParams } from "#lib/model-server/chat-params.ts";
import type { Dialect } from "#lib/model-server/dialect.ts";
import type { LearnedDialect } from "#lib/model-server/learned-dialect.ts";
import { type Delta, readDelta } from "#lib/model-server/read-completion.ts";
import {
  ErrorReply,
  faultOfServerError,
  type ServerError,
} from "#lib/model-server/server-error.ts";
import type { Semaphore } from "#lib/process/semaphore.ts";
import { AskAgain } from "../models/ask-again.ts";
import type { ChatModel, ReplySink } from "../models/chat-model.ts";
import type { Usage } from "../models/model-guard.ts";
import { requestTemplate } from "../models/model-request.ts";
import { nextRead } from "../models/next-read.ts";
import { chatPrompts } from "../models/prompts.ts";
import { ChunkReader, DONE } from "../models/reply-chunks.ts";
import { RESTART, ThoughtFilter } from "../models/thought-filter.ts";

/**
 * Answers that stream out of OpenAI-compatible chat completions.
 *
 * A reply is whole when its server says so: by a reason for the end, or by `[DONE]`. Servers put a stream in many
 * ways, so its lines are read here and not by the SDK's stream, which takes no reply that did not stream, no error
 * under another name, and no line that is not JSON. `openai-reply.test.ts` has them all.
 */
export interface OpenAiReplyOptions {
  readonly name: string;
  /** One that hands replies over as they come. */
  readonly client: OpenAI;
  /** From sending to the first word of the answer: thoughts count as waiting. */
  readonly timeoutMs: number;
  /** Between two signs of life, afterwards. */
  readonly idleMs?: number;
  /** The connections all models of a process share. */
  readonly withConnection: Semaphore;
  readonly dialect: LearnedDialect;
}

/** Reasoning counts too. */
const completionTokensMax = 4_096;
const completionTokens = 1_000;
const charactersPerToken = 2;
/** What comes after the last word is only what it has cost. */
const usageMsMax = 2_000;

export function createOpenAiReply(options: OpenAiReplyOptions): ChatModel["reply"] {
  const { name: model, withConnection, dialect } = options;
  return (input, { signal, run }, sink) => {
    const sentAs = dialect.current;
    const question = { model, instructions: chatPrompts.reply, data: JSON.stringify(input) };
    const params = chatParams({ ...question, tokensMax: completionTokensMax }, sentAs);
    const request = requestTemplate(params)();
    const tokens = Math.ceil(request.bytes / charactersPerToken) + completionTokens;
    const faultOf = (error: ServerError, hasText: boolean) =>
      faultOfReply(dialect, sentAs, error, hasText);
    const send = async (onUsage: (usage: Usage) => void) => {
      const usage = await stream(options, request, { signal, sink, faultOf });
      if (usage) onUsage(usage);
      return usage;
    };
    return withConnection(() => run(tokens, send), signal);
  };
}

/** Once there are words of the answer, the fields of the request are not what is wrong. */
function faultOfReply(
  dialect: LearnedDialect,
  sentAs: Dialect,
  error: ServerError,
  hasText: boolean,
): Fault {
  const fault = faultOfServerError(error);
  if (hasText || !dialect.learn(error, sentAs)) return fault;
  return new AskAgain("MODEL_REJECTED", false, { cause: fault.cause });
}

interface Call {
  readonly signal: AbortSignal;
  readonly sink: ReplySink;
  readonly faultOf: (error: ServerError, hasText: boolean) => Fault;
}

async function stream(
  { client, timeoutMs, idleMs = 20_000 }: OpenAiReplyOptions,
  { body, bytes }: { readonly body: ReadableStream<Uint8Array>; readonly bytes: number },
  { signal, sink, faultOf }: Call,
): Promise<Usage | undefined> {
  using deadline = new Deadline(timeoutMs);
  const reading = new Reading(sink, faultOf);
  try {
    const reply = await client
      .post("/chat/completions", {
        body,
        headers: new Headers({
          "content-type": "application/json",
          "content-length": String(bytes),
        }),
        signal: AbortSignal.any([signal, deadline.signal]),
      })
      .asResponse();
    const chunks = new ChunkReader();
    for await (const piece of reply.body ?? []) {
      reading.read(chunks.push(piece));
      if (reading.isOver) break;
      if (!reading.hasText) continue;
      deadline.set(reading.isWhole ? Math.min(usageMsMax, idleMs) : idleMs);
      if (!reading.isWhole) await nextRead();
    }
    if (!reading.isOver) reading.read(chunks.end());
    return reading.end();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.signal.aborted) {
      // A server that holds the connection open has said all the same what there is to say.
      if (reading.isWhole) return reading.end();
      throw new Fault("MODEL_TIMEOUT", { cause: error });
    }
    throw faultOfFailure(error, (said) => faultOf(said, reading.hasText));
  }
}

/**
 * Aborts when a time is over that is put off at every sign of life: thousands of times a second, so that its timer is
 * left as it is, and set for the rest when it comes too early.
 */
class Deadline implements Disposable {
  readonly #controller = new AbortController();
  #dueAt = Number.POSITIVE_INFINITY;
  #timerAt = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    this.set(ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It is due so much later than now. */
  set(ms: number): void {
    this.#dueAt = performance.now() + ms;
    if (this.#dueAt < this.#timerAt) this.#arm(ms);
  }

  /** Ends the reply also where it was not read to its end: what nobody reads is paid for. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = performance.now() + ms;
    this.#timer = setTimeout(() => {
      const restMs = this.#dueAt - performance.now();
      if (restMs > 0) this.#arm(restMs);
      else this.#controller.abort();
    }, ms);
  }
}

/** What has been read of one reply. */
class Reading {
  usage: Usage | undefined;
  isWhole = false;
  hasText = false;
  #isDone = false;
  #isCutOff = false;
  /** The text of chunks that came together, thoughts and all; and what of it is to be said. */
  #unheard = "";
  #unsaid = "";
  readonly #filter = new ThoughtFilter();
  readonly #sink: ReplySink;
  readonly #faultOf: Call["faultOf"];

  constructor(sink: ReplySink, faultOf: Call["faultOf"]) {
    this.#sink = sink;
    this.#faultOf = faultOf;
  }

  /** Nothing that matters follows. */
  get isOver(): boolean {
    return this.#isDone || (this.isWhole && this.usage !== undefined);
  }

  read(chunks: readonly unknown[]): void {
    try {
      for (const chunk of chunks) {
        if (chunk === DONE) this.isWhole = this.#isDone = true;
        else this.#add(readDelta(chunk));
        if (this.isOver) break;
      }
    } finally {
      this.#hear();
      this.#say();
    }
  }

  #add(delta: Delta): void {
    this.usage = delta.usage ?? this.usage;
    // What these mean depends on whether there is text.
    if (delta.error || delta.isWhole) this.#hear();
    if (delta.error) {
      if (this.isWhole) return;
      throw this.#faultOf(delta.error, this.hasText);
    }
    if (delta.refusal) {
      throw new Fault("MODEL_REFUSED", { cause: new Error(delta.refusal.slice(0, 500)) });
    }
    // Said once more at the end of a stream.
    if (delta.text && !(delta.isWhole && this.hasText)) this.#unheard += delta.text;
    if (delta.end || (delta.isWhole && delta.text)) this.isWhole = true;
    if (delta.end === "cut off") this.#isCutOff = true;
  }

  #hear(): void {
    if (this.#unheard) this.#take(this.#filter.push(this.#unheard));
    this.#unheard = "";
  }

  #take(said: ReturnType<ThoughtFilter["push"]>): void {
    for (const one of said) {
      this.hasText = one !== RESTART;
      if (one !== RESTART) this.#unsaid += one;
      else {
        this.#say();
        this.#sink.restart();
      }
    }
  }

  #say(): void {
    if (this.#unsaid) this.#sink.write(this.#unsaid);
    this.#unsaid = "";
  }

  /** An answer that was cut off at its limit is better than none. */
  end(): Usage | undefined {
    if (!this.isWhole) {
      throw new Fault("MODEL_UNAVAILABLE", { cause: new Error("the reply broke off") });
    }
    this.#take(this.#filter.end());
    this.#say();
    if (this.hasText) return this.usage;
    throw new AskAgain(this.#isCutOff ? "MODEL_TRUNCATED" : "MODEL_OUTPUT_INVALID", true, {
      cause: new Error("the reply says nothing"),
    });
  }
}

function faultOfFailure(error: unknown, faultOfReply: (error: ServerError) => Fault): Fault {
  const cause = error instanceof APIConnectionError ? error.cause : error;
  if (cause instanceof ErrorReply) return faultOfReply(cause.error);
  if (cause instanceof Fault) return cause;
  // Whatever else ends a connection.
  return new Fault("MODEL_UNAVAILABLE", { cause: error });
}
