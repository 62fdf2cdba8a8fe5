import OpenAI, { APIConnectionError, APIError } from "openai";
import * as v from "valibot";
import { systemClock } from "#lib/clock/clock.ts";
import { httpRequestsMax } from "#lib/config/http-requests.ts";
import { userInputCharsMax } from "#lib/contract/scan-limits.ts";
import { Fault } from "#lib/error/fault.ts";
import { readBounded } from "#lib/http/read-bounded.ts";
import { Concurrency } from "../models/concurrency.ts";
import type { Model } from "../models/model.ts";
import type { Guarded, Usage } from "../models/model-guard.ts";
import {
  answerJsonSchema,
  classificationJsonSchema,
  clip,
  readAnswer,
  readClassification,
} from "../models/model-output.ts";
import { BLANK, type ModelRequest, requestTemplate } from "../models/model-request.ts";
import { answerPrompt, visionPrompt } from "../models/prompts.ts";

/**
 * A model behind OpenAI-compatible chat completions: OpenAI, Gemini through its compatible
 * endpoint, or a local server through `baseURL`.
 *
 * One call is one request: the SDK's hidden retries are off, because the queue owns retries, and so
 * is its reading of the environment. A reply is checked in this order, each with its own fault:
 * HTTP status, refusal, truncation, JSON, schema, vocabulary. The provider's own words stay in
 * `cause`.
 */
export interface OpenAiOptions {
  /** The model as the provider knows it, and as it is stamped into the result: "gpt-5.2". */
  readonly name: string;
  readonly apiKey: string;
  /** With the version path and without `/chat/completions`. Default: OpenAI. */
  readonly baseURL?: string;
  /** For the whole call, from sending to the last byte of the reply. */
  readonly timeoutMs: number;
  /** Stands around every request. Absent: each is sent at once. */
  readonly guard?: Guarded;
}

const defaultBaseUrl = "https://api.openai.com/v1";
/** Left to photos, which take milliseconds and must not wait for models, which take seconds. */
const otherRequestsMax = 64;
/** A reply is about 2 kB; an endless one must not exhaust memory. */
const replyBytesMax = 1024 * 1024;
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
  /** Not every server counts, and one that counts oddly still has answered. */
  usage: v.fallback(
    v.optional(v.object({ prompt_tokens: v.number(), completion_tokens: v.number() })),
    undefined,
  ),
});

export function createOpenAiModel(options: OpenAiOptions): Model {
  const client = createClient(options);
  const { name, timeoutMs, guard = unguarded } = options;
  const vision = stageOf(name, {
    schemaName: "classification",
    schema: classificationJsonSchema,
    system: visionPrompt.text,
    photo: [{ type: "image_url", image_url: { url: BLANK, detail: "high" } }],
  });
  const answer = stageOf(name, {
    schemaName: "answer",
    schema: answerJsonSchema,
    system: answerPrompt.text,
    photo: [],
  });
  // Nothing in here may hold on to a photo: it would stay for the seconds the model takes.
  const ask = <T>(
    request: ModelRequest,
    estimatedTokens: number,
    read: (reply: string) => T,
    signal: AbortSignal,
  ) =>
    guard(estimatedTokens, signal, async (onUsage) =>
      read(await complete(client, request, { timeoutMs, signal, onUsage })),
    );
  return {
    name,
    estimate: false,
    classify({ photo, userInput }, signal) {
      const data = JSON.stringify({ user_input: clip(userInput, userInputCharsMax) });
      const request = vision.fill(data, photo);
      return ask(request, vision.tokens(data) + photoTokens, readClassification, signal);
    },
    answer({ userInput, classification, regulation, general }, signal) {
      const data = JSON.stringify({
        user_input: clip(userInput, userInputCharsMax),
        classification: classification.classification,
        situation_tags: classification.situation_tags,
        question: classification.meta.question ?? null,
        regulation,
        general: general ?? null,
      });
      return ask(answer.fill(data), answer.tokens(data), readAnswer, signal);
    },
  };
}

/** Of what the SDK does for a call, half is to build what never changes: URL, key, who we are. */
function createClient({ apiKey, baseURL = defaultBaseUrl, timeoutMs }: OpenAiOptions): OpenAI {
  const client = new OpenAI({
    apiKey,
    baseURL,
    organization: null,
    project: null,
    logLevel: "off",
    maxRetries: 0,
    // Our deadline covers the body as well and must be the one that fires.
    timeout: timeoutMs + 10_000,
    fetch: boundedFetch,
  });
  const build = client.buildRequest.bind(client);
  let same: ReturnType<typeof build> | undefined;
  client.buildRequest = async ({ body, headers, signal = null, ...always }) => {
    same ??= build(always);
    const { req, ...rest } = await same;
    const init = { ...req, headers: new Headers(req.headers), signal };
    for (const [name, value] of headers instanceof Headers ? headers : []) {
      init.headers.set(name, value);
    }
    return { ...rest, req: body instanceof ReadableStream ? { ...init, body } : init };
  };
  return client;
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
      { role: "user", content: [{ type: "text", text: BLANK }, ...photo] },
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

/** All models of a process share what `fetch` takes at once: in there a call would wait unseen. */
const lanes = new Concurrency({
  clock: systemClock,
  callsMax: Math.max(1, httpRequestsMax - otherRequestsMax),
});

/** One request; the text of the first choice, which is neither a refusal nor cut off. */
async function complete(
  client: OpenAI,
  { body, bytes }: ModelRequest,
  { timeoutMs, signal, onUsage }: CallOptions,
): Promise<string> {
  const lane = await lanes.enter(signal);
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
    lane.leave();
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
  if (status === 408 || status === 409 || status >= 500) {
    return new Fault("MODEL_UNAVAILABLE", advice);
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

/**
 * Reads the whole reply inside `fetch`, so that abort and deadline cover the body and its size is
 * bounded before the SDK buffers it. A redirect would carry the photo elsewhere: it is not
 * followed.
 */
async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const reply = await fetch(url, { ...init, redirect: "manual" });
  const { status, statusText, headers } = reply;
  const { bytes, end } = await readBounded(reply.body, replyBytesMax);
  if (end === "too large") {
    const cause = new Error(`reply of status ${status} exceeds ${replyBytesMax} bytes`);
    throw new Fault("MODEL_OUTPUT_INVALID", { cause });
  }
  return new Response(bytes, { status, statusText, headers });
}

const unguarded: Guarded = (_estimatedTokens, _signal, send) => send(() => undefined);
