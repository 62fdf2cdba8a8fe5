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
import { chatPrompts } from "../models/prompts.ts";
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
/** With its thoughts and the frame of each chunk. */
const replyBytesMax = 8 * 1024 * 1024;
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
  const deadline = new AbortController();
  let timer = setTimeout(() => deadline.abort(), timeoutMs);
  const within = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => deadline.abort(), ms);
  };
  const reading = new Reading(sink);
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
    for await (const chunk of chunksOf(reply)) {
      if (chunk === DONE) reading.isWhole = true;
      else reading.read(readDelta(chunk), faultOf);
      if (chunk === DONE || (reading.isWhole && reading.usage)) break;
      if (reading.hasText) within(reading.isWhole ? Math.min(usageMsMax, idleMs) : idleMs);
    }
    return reading.end();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.signal.aborted) {
      // A server that holds the connection open has said all the same what there is to say.
      if (reading.isWhole) return reading.end();
      throw new Fault("MODEL_TIMEOUT", { cause: error });
    }
    throw faultOfFailure(error, (said) => faultOf(said, reading.hasText));
  } finally {
    clearTimeout(timer);
    // Ends the reply also where it was not read to its end: what nobody reads is paid for.
    deadline.abort();
  }
}

/** What has been read of one reply. */
class Reading {
  usage: Usage | undefined;
  isWhole = false;
  hasText = false;
  #isCutOff = false;
  readonly #filter = new ThoughtFilter();
  readonly #sink: ReplySink;

  constructor(sink: ReplySink) {
    this.#sink = sink;
  }

  read(delta: Delta, faultOf: Call["faultOf"]): void {
    this.usage = delta.usage ?? this.usage;
    if (delta.error) {
      if (this.isWhole) return;
      throw faultOf(delta.error, this.hasText);
    }
    if (delta.refusal) {
      throw new Fault("MODEL_REFUSED", { cause: new Error(delta.refusal.slice(0, 500)) });
    }
    // Said once more at the end of a stream.
    if (delta.text && !(delta.isWhole && this.hasText)) this.#write(this.#filter.push(delta.text));
    if (delta.end || (delta.isWhole && delta.text)) this.isWhole = true;
    if (delta.end === "cut off") this.#isCutOff = true;
  }

  /** An answer that was cut off at its limit is better than none. */
  end(): Usage | undefined {
    if (!this.isWhole) {
      throw new Fault("MODEL_UNAVAILABLE", { cause: new Error("the reply broke off") });
    }
    this.#write(this.#filter.end());
    if (this.hasText) return this.usage;
    throw new AskAgain(this.#isCutOff ? "MODEL_TRUNCATED" : "MODEL_OUTPUT_INVALID", true, {
      cause: new Error("the reply says nothing"),
    });
  }

  #write(said: ReturnType<ThoughtFilter["push"]>): void {
    for (const one of said) {
      this.hasText = one !== RESTART;
      if (one === RESTART) this.#sink.restart();
      else this.#sink.write(one);
    }
  }
}

const DONE = Symbol("[DONE]");

/**
 * The chunks of a reply: of a stream of events one a line, of any other reply the whole. A line that is no JSON
 * belongs to the next one.
 */
async function* chunksOf(reply: Response): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let line = "";
  let rest = "";
  let bytes = 0;
  for await (const piece of reply.body ?? []) {
    bytes += piece.length;
    if (bytes > replyBytesMax) {
      throw new Fault("MODEL_OUTPUT_INVALID", { cause: new Error("the reply does not end") });
    }
    const lines = (line + decoder.decode(piece, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    line = lines.pop() ?? "";
    for (const one of lines) {
      const chunk = chunkIn(one, rest);
      if (chunk === undefined) rest += dataOf(one);
      else yield chunk;
      if (chunk !== undefined) rest = "";
    }
  }
  const last = chunkIn(line, rest) ?? parse(rest);
  if (last !== undefined) yield last;
  else if ((rest + line).trim()) yield { error: (rest + line).slice(0, 2_000) };
}

/** Undefined for what is no chunk, such as a comment, the name of an event, or a part of one. */
function chunkIn(line: string, before: string): unknown {
  const data = dataOf(line);
  if (!data) return undefined;
  if (data === "[DONE]") return DONE;
  return parse(data) ?? (before ? parse(before + data) : undefined);
}

/** Without the field's name, which a reply that is no stream of events has not. */
function dataOf(line: string): string {
  if (line.startsWith("data:")) return line.slice(5).trim();
  return /^(?::|event:|id:|retry:)/.test(line) ? "" : line.trim();
}

function parse(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOfFailure(error: unknown, faultOfReply: (error: ServerError) => Fault): Fault {
  const cause = error instanceof APIConnectionError ? error.cause : error;
  if (cause instanceof ErrorReply) return faultOfReply(cause.error);
  if (cause instanceof Fault) return cause;
  // Whatever else ends a connection.
  return new Fault("MODEL_UNAVAILABLE", { cause: error });
}
