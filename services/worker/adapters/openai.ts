import type OpenAI from "openai";
import { APIConnectionError } from "openai";
import { userInputCharsMax } from "#lib/contract/scan-limits.ts";
import { Fault } from "#lib/error/fault.ts";
import { type ChatQuestion, chatParams, isHeldToSchema } from "#lib/model-server/chat-params.ts";
import type { Dialect } from "#lib/model-server/dialect.ts";
import { LearnedDialect } from "#lib/model-server/learned-dialect.ts";
import { type Completion, readCompletion } from "#lib/model-server/read-completion.ts";
import {
  ErrorReply,
  faultOfServerError,
  type ServerError,
} from "#lib/model-server/server-error.ts";
import type { Semaphore } from "#lib/process/semaphore.ts";
import { AskAgain } from "../models/ask-again.ts";
import type { ChatModel } from "../models/chat-model.ts";
import {
  readSummary,
  readUnderstanding,
  summaryJsonSchema,
  understandingJsonSchema,
} from "../models/chat-output.ts";
import { isRefusal } from "../models/is-refusal.ts";
import { withoutThoughts } from "../models/json-candidates.ts";
import type { Model, Photo } from "../models/model.ts";
import type { CallPermit, Usage } from "../models/model-guard.ts";
import {
  answerJsonSchema,
  classificationJsonSchema,
  clip,
  readAnswer,
  readClassification,
} from "../models/model-output.ts";
import { type ModelRequest, PLACEHOLDER, requestTemplate } from "../models/model-request.ts";
import { chatPrompts, prompts, promptsVersion, withSchema } from "../models/prompts.ts";

/**
 * A model behind OpenAI-compatible chat completions: OpenAI, Gemini through its compatible
 * endpoint, a gateway, or a local server.
 *
 * A reply is checked in this order, each with its own fault: HTTP status, error in the body, refusal, JSON
 * and vocabulary, truncation. The provider's own words stay in `cause`. A field that the server refuses,
 * and a reply that cannot be read, reject with `AskAgain`: the next request is put otherwise.
 */
export interface OpenAiOptions {
  /** The model as the provider knows it, and as it is stamped into the result: "gpt-5.2". */
  readonly name: string;
  readonly client: OpenAI;
  /** For the whole call, from sending to the last byte of the reply. */
  readonly timeoutMs: number;
  /**
   * The connections all models of a process share. A call waits for one before the guard sees it: a full
   * pool says nothing about the model.
   */
  readonly withConnection: Semaphore;
  /** Shared by all that ask the same model. */
  readonly dialect?: LearnedDialect;
  /** How it answers in prose; absent: it takes no part in conversations. */
  readonly reply?: ChatModel["reply"];
}

/** Bounds what one call may cost; reasoning counts too. */
const completionTokensMax = 4_096;
/** Korean and JSON are near 2 characters a token; a photo of our size is at most 1,500. */
const charactersPerToken = 2;
const photoTokens = 1_500;
/** What an answer usually takes, reasoning included. */
const completionTokens = 1_000;
/** Of ten replies to a question, how many may be unreadable before its prompt contains the schema. */
const unreadableOfTenMax = 1;

export function createOpenAiModel(options: OpenAiOptions): Model {
  const { name: model, reply } = options;
  const ask = askerOf(options);
  const about = { model, data: PLACEHOLDER };
  const vision = ask(readClassification, {
    ...about,
    instructions: prompts.vision,
    photoUrl: PLACEHOLDER,
    schema: { name: "classification", schema: classificationJsonSchema },
  });
  const finalAnswer = ask(readAnswer, {
    ...about,
    instructions: prompts.answer,
    schema: { name: "answer", schema: answerJsonSchema },
  });
  const understanding = ask(readUnderstanding, {
    ...about,
    instructions: chatPrompts.understanding,
    schema: { name: "understanding", schema: understandingJsonSchema },
  });
  const summary = ask(readSummary, {
    ...about,
    instructions: chatPrompts.summary,
    schema: { name: "summary", schema: summaryJsonSchema },
  });
  const chat: ChatModel | undefined = reply && {
    understand: (input, permit) => understanding(permit, input),
    summarise: (input, permit) => summary(permit, input),
    reply,
  };
  return {
    name: model,
    version: promptsVersion,
    estimate: false,
    ...(chat ? { chat } : {}),
    classify({ photo, userInput }, permit) {
      return vision(permit, { user_input: clip(userInput, userInputCharsMax) }, photo);
    },
    answer({ userInput, classification, regulation, notes, general }, permit) {
      return finalAnswer(permit, {
        user_input: clip(userInput, userInputCharsMax),
        classification: classification.classification,
        situation_tags: classification.situation_tags,
        question: classification.meta.question ?? null,
        regulation,
        notes,
        general: general ?? null,
      });
    },
  };
}

type Question = Omit<ChatQuestion, "tokensMax"> & Required<Pick<ChatQuestion, "schema">>;
type Ask<T> = (permit: CallPermit, data: object, photo?: Photo) => Promise<T>;

/** Asks questions in the way that works with this model: what it refused once is not sent again. */
function askerOf(options: OpenAiOptions) {
  const { withConnection, dialect = new LearnedDialect() } = options;

  /** What becomes of a call that the server refused. */
  function faultOf(error: ServerError, sentAs: Dialect): Fault {
    const fault = faultOfServerError(error);
    if (!dialect.learn(error, sentAs)) return fault;
    return new AskAgain("MODEL_REJECTED", false, { cause: fault.cause });
  }

  return function ask<T>(read: (text: string) => T, question: Question): Ask<T> {
    const templateOf = templatesOf(question);
    const replies = { readable: 0, unreadable: 0 };

    async function send(request: ModelRequest, sentAs: Dialect, call: Call): Promise<T> {
      const { usage, error, ...completion } = await complete(options, request, call, (reply) =>
        faultOf(reply, sentAs),
      );
      if (usage) call.onUsage(usage);
      if (error) throw faultOf(error, sentAs);
      const output = outputOf(completion, read);
      replies[output instanceof AskAgain ? "unreadable" : "readable"] += 1;
      if (output instanceof AskAgain) throw output;
      return output;
    }

    // Nothing in here may hold on to a photo: it would stay for the seconds the model takes.
    return ({ signal, run }, about, photo) => {
      const isExplicit = replies.unreadable * 10 > replies.readable * unreadableOfTenMax;
      const sentAs = dialect.current;
      const template = templateOf(sentAs, isExplicit);
      const data = JSON.stringify(about);
      const tokens = template.tokens + Math.ceil(data.length / charactersPerToken);
      const request = photo ? template.fill(data, photo) : template.fill(data);
      const guarded = () => run(tokens, (onUsage) => send(request, sentAs, { signal, onUsage }));
      return withConnection(guarded, signal);
    };
  };
}

interface Template {
  readonly fill: ReturnType<typeof requestTemplate>;
  /** Rough, and corrected by what the provider counts. */
  readonly tokens: number;
}

/**
 * What the requests of a question have in common, built once a dialect. An explicit one has the schema in
 * its prompt and may be answered at more length: for a model that misses the form otherwise.
 */
function templatesOf(question: Question): (dialect: Dialect, isExplicit: boolean) => Template {
  const templates = new Map<string, Template>();
  return (dialect, isExplicit) => {
    const key = JSON.stringify([dialect, isExplicit]);
    const known = templates.get(key);
    if (known) return known;
    const { instructions, schema, photoUrl } = question;
    const isHeld = isHeldToSchema(dialect) && !isExplicit;
    const asked = {
      ...question,
      instructions: isHeld ? instructions : withSchema(instructions, schema.schema),
      tokensMax: completionTokensMax * (isExplicit ? 2 : 1),
    };
    const params = chatParams(asked, dialect);
    const prompt = JSON.stringify(params).length / charactersPerToken;
    const photo = photoUrl === undefined ? 0 : photoTokens;
    const tokens = Math.ceil(prompt) + photo + completionTokens;
    const template = { fill: requestTemplate(params), tokens };
    templates.set(key, template);
    return template;
  };
}

/** An `AskAgain` for a reply that says nothing; what a model writes at its limit must be whole. */
function outputOf<T>(
  { refusal, text, thoughts, isCutOff }: Omit<Completion, "usage" | "error">,
  read: (text: string) => T,
): T | AskAgain {
  if (refusal) throw refused(refusal);
  if (isCutOff && !isJson(text)) return new AskAgain("MODEL_TRUNCATED", true, {});
  try {
    // As they would stand in a text: a draft is not the conclusion.
    return read(text || `<think>${thoughts}`);
  } catch (error) {
    const { code, cause } = Fault.from(error);
    const said = withoutThoughts(text);
    if (isRefusal(said)) throw refused(said);
    return new AskAgain(code, true, { cause });
  }
}

function refused(words: string): Fault {
  return new Fault("MODEL_REFUSED", { cause: new Error(clip(words, 500)) });
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

interface Call {
  readonly signal: AbortSignal;
  readonly onUsage: (usage: Usage) => void;
}

/** One request. */
async function complete(
  { client, timeoutMs }: OpenAiOptions,
  { body, bytes }: ModelRequest,
  { signal }: Call,
  faultOfReply: (error: ServerError) => Fault,
): Promise<Completion> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    const reply: unknown = await client.post("/chat/completions", {
      body,
      // Not every server takes a body whose length it is not told.
      headers: new Headers({
        "content-type": "application/json",
        "content-length": String(bytes),
      }),
      signal: AbortSignal.any([signal, deadline.signal]),
    });
    return readCompletion(reply);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.signal.aborted) throw new Fault("MODEL_TIMEOUT", { cause: error });
    const cause = error instanceof APIConnectionError ? error.cause : error;
    if (cause instanceof ErrorReply) throw faultOfReply(cause.error);
    throw faultOfSdk(error);
  } finally {
    clearTimeout(timer);
  }
}

function faultOfSdk(error: unknown): Fault {
  if (error instanceof APIConnectionError) {
    return error.cause instanceof Fault
      ? error.cause
      : new Fault("MODEL_UNAVAILABLE", { cause: error });
  }
  // The SDK parses the body of a 2xx reply itself.
  if (error instanceof SyntaxError) {
    return new AskAgain("MODEL_OUTPUT_INVALID", true, { cause: error });
  }
  return Fault.from(error);
}
