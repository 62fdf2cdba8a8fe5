import type OpenAI from "openai";
import { APIConnectionError, APIError } from "openai";
import * as v from "valibot";
import { userInputCharsMax } from "#lib/contract/scan-limits.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Semaphore } from "#lib/process/semaphore.ts";
import type { Model } from "../models/model.ts";
import type { CallPermit, Usage } from "../models/model-guard.ts";
import {
  answerJsonSchema,
  classificationJsonSchema,
  clip,
  readAnswer,
  readClassification,
} from "../models/model-output.ts";
import { type ModelRequest, PLACEHOLDER, requestTemplate } from "../models/model-request.ts";
import { answerPrompt, visionPrompt } from "../models/prompts.ts";

/**
 * A model behind OpenAI-compatible chat completions: OpenAI, Gemini through its compatible
 * endpoint, or a local server.
 *
 * A reply is checked in this order, each with its own fault: HTTP status, refusal, truncation, JSON,
 * schema, vocabulary. The provider's own words stay in `cause`.
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
}

/** Bounds what one call may cost; reasoning counts too. */
const completionTokensMax = 4_096;
/** Korean and JSON are near 2 characters a token; a photo of our size is at most 1,500. */
const charactersPerToken = 2;
const photoTokens = 1_500;
/** What an answer usually takes, reasoning included. */
const completionTokens = 1_000;
/** Longer advice is as good as none: the message's own time to live would end first. */
const retryAfterMsMax = 10 * 60 * 1_000;

const Completion = v.object({
  choices: v.pipe(
    v.array(
      v.object({
        finish_reason: v.nullish(v.string()),
        message: v.object({ content: v.nullish(v.string()), refusal: v.nullish(v.string()) }),
      }),
    ),
    v.minLength(1),
  ),
  /** Not every server counts, and one that counts oddly has replied all the same. */
  usage: v.fallback(
    v.optional(v.object({ prompt_tokens: v.number(), completion_tokens: v.number() })),
    undefined,
  ),
});

export function createOpenAiModel(options: OpenAiOptions): Model {
  const { name, client, timeoutMs, withConnection } = options;
  const vision = stageOf(name, {
    schemaName: "classification",
    schema: classificationJsonSchema,
    system: visionPrompt.text,
    photo: [{ type: "image_url", image_url: { url: PLACEHOLDER, detail: "high" } }],
  });
  const answer = stageOf(name, {
    schemaName: "answer",
    schema: answerJsonSchema,
    system: answerPrompt.text,
    photo: [],
  });
  // Nothing in here may hold on to a photo: it would stay for the seconds the model takes.
  const call = <T>(
    request: ModelRequest,
    estimatedTokens: number,
    read: (reply: string) => T,
    { signal, run }: CallPermit,
  ) => {
    const send = async (onUsage: (usage: Usage) => void) =>
      read(await complete(client, request, { timeoutMs, signal, onUsage }));
    return withConnection(() => run(estimatedTokens, send), signal);
  };
  return {
    name,
    estimate: false,
    classify({ photo, userInput }, permit) {
      const data = JSON.stringify({ user_input: clip(userInput, userInputCharsMax) });
      const request = vision.fill(data, photo);
      return call(request, vision.tokens(data) + photoTokens, readClassification, permit);
    },
    answer({ userInput, classification, regulation, general }, permit) {
      const data = JSON.stringify({
        user_input: clip(userInput, userInputCharsMax),
        classification: classification.classification,
        situation_tags: classification.situation_tags,
        question: classification.meta.question ?? null,
        regulation,
        general: general ?? null,
      });
      return call(answer.fill(data), answer.tokens(data), readAnswer, permit);
    },
  };
}

interface Stage {
  readonly schemaName: string;
  readonly schema: Record<string, unknown>;
  readonly system: string;
  readonly photo: OpenAI.Chat.Completions.ChatCompletionContentPart[];
}

/** JSON keeps the user's words inside their quotes; the prompt names this object as data. */
function stageOf(model: string, { schemaName, schema, system, photo }: Stage) {
  const params: OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming = {
    model,
    max_completion_tokens: completionTokensMax,
    messages: [
      { role: "system", content: system },
      { role: "user", content: [{ type: "text", text: PLACEHOLDER }, ...photo] },
    ],
    response_format: {
      type: "json_schema",
      json_schema: { name: schemaName, strict: true, schema },
    },
  };
  const characters = system.length + JSON.stringify(schema).length;
  return {
    fill: requestTemplate(params),
    /** Rough, and corrected by what the provider counts. */
    tokens: (data: string) =>
      Math.ceil((characters + data.length) / charactersPerToken) + completionTokens,
  };
}

/** One request; the text of the first choice, which is neither a refusal nor cut off. */
async function complete(
  client: OpenAI,
  { body, bytes }: ModelRequest,
  { timeoutMs, signal, onUsage }: CallOptions,
): Promise<string> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    const completion: unknown = await client.post("/chat/completions", {
      body,
      // Not every server takes a body whose length it is not told.
      headers: new Headers({
        "content-type": "application/json",
        "content-length": String(bytes),
      }),
      signal: AbortSignal.any([signal, deadline.signal]),
    });
    return contentOf(completion, onUsage);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (deadline.signal.aborted) throw new Fault("MODEL_TIMEOUT", { cause: error });
    throw faultOf(error);
  } finally {
    clearTimeout(timer);
  }
}

interface CallOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onUsage: (usage: Usage) => void;
}

/** A refusal and a cut-off reply are paid for as well. */
function contentOf(completion: unknown, onUsage: (usage: Usage) => void): string {
  const parsed = v.safeParse(Completion, completion);
  const usage = parsed.success ? parsed.output.usage : undefined;
  if (usage) {
    onUsage({ promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens });
  }
  const choice = parsed.success ? parsed.output.choices[0] : undefined;
  if (!choice) {
    throw new Fault("MODEL_OUTPUT_INVALID", { cause: new Error("not a chat completion") });
  }
  const { finish_reason, message } = choice;
  if (message.refusal || finish_reason === "content_filter") {
    const cause = new Error(clip(message.refusal || "content_filter", 500));
    throw new Fault("MODEL_REFUSED", { cause });
  }
  if (finish_reason === "length") throw new Fault("MODEL_TRUNCATED");
  return message.content ?? "";
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof APIConnectionError) {
    return error.cause instanceof Fault
      ? error.cause
      : new Fault("MODEL_UNAVAILABLE", { cause: error });
  }
  if (error instanceof APIError && error.status !== undefined) return faultOfStatus(error);
  // The SDK parses the body of a 2xx reply itself.
  if (error instanceof SyntaxError) return new Fault("MODEL_OUTPUT_INVALID", { cause: error });
  return Fault.from(error);
}

function faultOfStatus(error: APIError): Fault {
  const status = error.status ?? 0;
  const words: unknown[] = [error.code, error.type];
  if (status === 429 && words.includes("insufficient_quota")) {
    return new Fault("MODEL_QUOTA_EXHAUSTED", { cause: error });
  }
  const wait = retryAfterMs(error.headers);
  const advice = { cause: error, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  if (status === 429) return new Fault("MODEL_RATE_LIMITED", advice);
  // A full vLLM, llama.cpp or gateway; 529 is Anthropic's.
  if (status === 503 || status === 529) return new Fault("MODEL_BUSY", advice);
  if (status === 408 || status === 409 || status >= 500) {
    return new Fault("MODEL_UNAVAILABLE", advice);
  }
  if (status === 401 || status === 403 || status === 404) {
    return new Fault("MODEL_ACCESS_DENIED", { cause: error });
  }
  const filtered = words.some((w) => w === "content_filter" || w === "content_policy_violation");
  return new Fault(filtered ? "MODEL_REFUSED" : "MODEL_REJECTED", { cause: error });
}

/** `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date; undefined when unusable. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const precise = headers?.get("retry-after-ms");
  const coarse = headers?.get("retry-after");
  const candidates = [
    precise ? Number(precise) : Number.NaN,
    coarse ? Number(coarse) * 1_000 : Number.NaN,
    coarse ? Date.parse(coarse) - Date.now() : Number.NaN,
  ];
  const wait = candidates.find((ms) => Number.isFinite(ms));
  return wait === undefined ? undefined : Math.min(Math.max(0, Math.ceil(wait)), retryAfterMsMax);
}
