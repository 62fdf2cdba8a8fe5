import type { ChatOutcome, ChatRun } from "#lib/chat/turn.ts";
import type { ClassificationResult } from "#lib/contract/classification.ts";
import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";
import type { CallModel } from "../models/call-with-fallback.ts";
import type { ChatInput, ReplySink } from "../models/chat-model.ts";
import { chatPrompts } from "../models/prompts.ts";
import { composeReply, sentencesOf, sourceLine } from "./compose-reply.ts";
import { fitConversation } from "./conversation.ts";
import type { Answer, ConversePorts } from "./create-converse.ts";
import { missingSentence } from "./evidence.ts";
import { ReplyWriter } from "./reply-writer.ts";
import { Leak, SafeText, Secret } from "./safe-text.ts";

type WritePorts = Pick<ConversePorts, "callModel" | "hasChat">;
type Call = Parameters<CallModel>[0];
type Usage = ChatOutcome["usage"];

/** A reply that breaks off is asked for once more, and once more. */
const triesMax = 3;

/** About the content: another try would end the same way, and what was found can be said without a model. */
const contentFaults: ReadonlySet<FaultCode> = new Set([
  "MODEL_REFUSED",
  "MODEL_REJECTED",
  "MODEL_OUTPUT_INVALID",
  "MODEL_TRUNCATED",
]);

/**
 * Streams the answer: a model's, grounded in what was found, or one composed of it where there is no model, or none
 * that says anything. Warnings come first, whoever writes the rest.
 */
export async function writeReply(
  ports: WritePorts,
  answer: Answer & { readonly call: Call },
  run: ChatRun,
): Promise<Usage> {
  // Before a model is asked: its first word waits for nothing.
  await run.startAnswer();
  if (!ports.hasChat(answer.call.model)) {
    writeComposed(answer, run, run.written);
    return null;
  }
  const writer = new ReplyWriter(run);
  const usage = await writeModels(ports, answer, { writer, signal: run.signal });
  if (usage === undefined) {
    writer.restart();
    writer.write(composed(answer));
  }
  writer.end();
  return usage ?? null;
}

/** Continues a text of which a part was written before; it is the same text again, unless a release came between. */
function writeComposed(answer: Answer, run: ChatRun, written: string): void {
  const text = composed(answer);
  const isContinued = text.startsWith(written);
  if (!isContinued) run.replace("");
  for (const sentence of sentencesOf(isContinued ? text.slice(written.length) : text)) {
    run.write(sentence);
  }
}

function composed(answer: Answer): string {
  const parts = [composeReply(answer), sourceLine(answer.findings.evidence)];
  return parts.filter(Boolean).join("\n\n");
}

interface Writing {
  readonly writer: ReplyWriter;
  readonly signal: AbortSignal;
}

/** @returns undefined where a model has nothing to say that could be shown */
async function writeModels(
  ports: WritePorts,
  answer: Answer & { readonly call: Call },
  writing: Writing,
): Promise<Usage | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await writeModelsOnce(ports, answer, writing);
    } catch (error) {
      writing.signal.throwIfAborted();
      if (error instanceof Leak) return undefined;
      if (error instanceof Fault && contentFaults.has(error.code)) return undefined;
      if (!(error instanceof BrokenOff)) throw error;
      if (contentFaults.has(error.fault.code)) return undefined;
      if (tries === triesMax) throw error.fault;
    }
  }
}

/** A fault after the first words: no other model continues them. */
class BrokenOff extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super("a reply broke off", { cause: fault });
    this.fault = fault;
  }
}

async function writeModelsOnce(
  ports: WritePorts,
  answer: Answer & { readonly call: Call },
  { writer, signal }: Writing,
): Promise<Usage> {
  const { call, findings, warnings } = answer;
  const opening = warnings.length > 0 ? `${warnings.join(" ")}\n\n` : "";
  const links = findings.evidence.flatMap(({ url }) => url ?? []);
  const sink = new SafeSink(writer, { opening, links });
  const either = AbortSignal.any([signal, sink.signal]);
  const reply = ports.callModel(call, either, async ({ chat, name }, permit) => {
    if (!chat) throw new Fault("MODEL_UNAVAILABLE");
    try {
      return { name, usage: await chat.reply(replyInput(answer), permit, sink) };
    } catch (error) {
      const isBrokenOff = error instanceof Fault && sink.hasText && !sink.signal.aborted;
      throw isBrokenOff ? new BrokenOff(error) : error;
    }
  });
  const output = await reply.then(({ output: said }) => said).catch(sink.endEarly);
  sink.end();
  const sources = sourceLine(findings.evidence);
  if (sources) writer.write(`\n\n${sources}`);
  if (!output?.usage) return null;
  const { promptTokens, completionTokens } = output.usage;
  return { model: output.name, input_tokens: promptTokens, output_tokens: completionTokens };
}

const LONG_ENOUGH = Symbol("the reply is as long as one may be");

/** Hands on what may be shown, and ends a reply that must not go on, or cannot be written. */
class SafeSink implements ReplySink {
  hasText = false;
  readonly #writer: ReplyWriter;
  readonly #opening: string;
  readonly #links: readonly string[];
  readonly #over = new AbortController();
  /** Aborts with the reason why the reply is over. */
  readonly signal = this.#over.signal;
  #safe: SafeText;

  constructor(
    writer: ReplyWriter,
    { opening, links }: { readonly opening: string; readonly links: readonly string[] },
  ) {
    this.#writer = writer;
    this.#opening = opening;
    this.#links = links;
    this.#safe = this.#begin();
  }

  write(text: string): void {
    this.hasText = true;
    this.#show(() => this.#safe.push(text));
  }

  restart(): void {
    this.hasText = false;
    this.#safe = this.#begin();
  }

  /** A reply that was ended because it is long enough has not failed. */
  readonly endEarly = (error: unknown): undefined => {
    if (error !== LONG_ENOUGH) throw error;
  };

  end(): void {
    this.#show(() => this.#safe.end());
    const { aborted, reason } = this.signal;
    if (aborted && reason !== LONG_ENOUGH) throw reason;
  }

  #begin(): SafeText {
    this.#writer.restart();
    this.#writer.write(this.#opening);
    return new SafeText(this.#links, instructions);
  }

  #show(read: () => string): void {
    if (this.signal.aborted) return;
    try {
      this.#writer.write(read());
      if (this.#safe.isFull) this.#over.abort(LONG_ENOUGH);
    } catch (error) {
      this.#over.abort(error);
    }
  }
}

const instructions = new Secret(Object.values(chatPrompts).join("\n"));

function replyInput(answer: Answer): ChatInput {
  const { turn, question, intents, seen, findings, warnings } = answer;
  const { summary, messages } = fitConversation(turn.history);
  return {
    message: turn.message,
    question,
    summary,
    conversation: messages,
    intents,
    photo: seen && ("vision" in seen ? photoOf(seen.vision) : { unreadable: seen.unreadable }),
    sources: findings.evidence.map(({ title, lines, steps }) => ({ title, lines, steps })),
    missing: findings.missing.map(missingSentence),
    said: warnings,
  };
}

function photoOf({ classification, situation_tags, meta }: ClassificationResult) {
  return { ...classification, situation_tags, question: meta.question ?? null };
}
