import { type StreamingPace, streamCompletion } from "./streaming-model.ts";

/**
 * A fake chat completions server that speaks HTTP and replies by script, for tests and load runs. A
 * call with an image is of the vision stage, any other of the answer stage. It does not check a reply
 * against the requested schema, since tests send replies that break it.
 */

export type Stage = "vision" | "answer";

/** What one call gets. Everything is optional; `{}` is a completion with empty content. */
export interface Reply {
  /** The message content: a string as it stands, anything else as JSON. */
  readonly content?: unknown;
  /** Default "stop". */
  readonly finishReason?: string;
  readonly refusal?: string;
  /** Tokens the call is said to have used: prompt, completion. Default none. */
  readonly usage?: readonly [number, number];
  /** Default 200; from 400 on the body is an error object. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The `error` object of a failing status. */
  readonly error?: { readonly code?: string; readonly type?: string; readonly message?: string };
  /** Replaces the whole body; sent as JSON unless `headers` say otherwise. */
  readonly body?: string | ReadableStream<Uint8Array>;
  /** Milliseconds to wait before replying, in place of the stage's delay. */
  readonly delayMs?: number;
  /** `hang` never replies, `reset` closes the connection in the middle of the body. */
  readonly break?: "hang" | "reset";
}

export interface Call {
  readonly stage: Stage;
  readonly headers: Headers;
  /** The parsed request body; parsed when it is first read, which load runs never do. */
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into it freely
  readonly body: any;
}

export interface OpenAiServerOptions {
  /**
   * Standing replies, until `always` replaces them. Defaults: a PET bottle and how to discard it.
   */
  readonly vision?: Reply;
  readonly answer?: Reply;
  readonly delaysMs?: Partial<Record<Stage, number>>;
  /** How fast a call that asks for a stream is answered, always alike. Default: it gets a reply like any other. */
  readonly streams?: StreamingPace;
  /**
   * Calls kept in `calls`, the latest. Set 0 for load runs: bodies hold whole photos. Default 100.
   */
  readonly callsMax?: number;
  /** Default: loopback. */
  readonly hostname?: string | undefined;
  /** Called first: a reply that depends on the call. Undefined: the queued or standing reply. */
  readonly script?: (call: Call) => Reply | undefined;
}

export interface OpenAiServer {
  /** For `baseURL`. */
  readonly url: string;
  /** The origin alone. */
  readonly origin: string;
  readonly calls: readonly Call[];
  /** Calls answered or under way, by stage; keeps counting past `callsMax`. */
  readonly counts: Readonly<Record<Stage, number>>;
  /** Calls whose client went away before they were answered, by stage. */
  readonly aborts: Readonly<Record<Stage, number>>;
  /** Queues replies for the next calls of a stage, before the standing one. */
  next(stage: Stage, ...replies: Reply[]): void;
  /** Replaces the standing reply of a stage. */
  always(stage: Stage, reply: Reply): void;
  /** Resolves with the next call of a stage as soon as it has arrived. */
  arrival(stage: Stage): Promise<Call>;
  /** Drops queued replies, recorded calls and counts. */
  reset(): void;
  /** Ends every call, also hanging ones. */
  stop(): Promise<void>;
}

export const visionReply: Reply = {
  content: {
    classification: {
      major_category: "재활용폐기물",
      middle_category: "무색페트병",
      minor_category: "생수병",
    },
    situation_tags: ["비닐_라벨_부착", "뚜껑_닫힘(플라스틱)"],
    question: null,
  },
};

export const answerReply: Reply = {
  content: {
    disposal_steps: { 단계1: "내용물을 비우고 헹궈요.", 단계2: "라벨을 떼고 찌그러뜨려 배출해요." },
    insufficiencies: ["비닐 라벨을 떼어 주세요."],
    user_answer: "투명 생수병이에요. 라벨을 떼고 투명 페트병 전용함에 넣어 주세요.",
  },
};

export const quotaReply: Reply = {
  status: 429,
  error: { code: "insufficient_quota", type: "insufficient_quota", message: "Quota exceeded." },
};

/** @param seconds goes into `Retry-After` */
export function rateLimitReply(seconds: number): Reply {
  return {
    status: 429,
    headers: { "retry-after": String(seconds) },
    error: { code: "rate_limit_exceeded", type: "requests", message: "Slow down." },
  };
}

export function startOpenAiServer(options: OpenAiServerOptions = {}): OpenAiServer {
  const { callsMax = 100, delaysMs = {}, streams } = options;
  const standing = {
    vision: options.vision ?? visionReply,
    answer: options.answer ?? answerReply,
  };
  const queued: Record<Stage, Reply[]> = { vision: [], answer: [] };
  const counts = { vision: 0, answer: 0 };
  const aborts = { vision: 0, answer: 0 };
  const calls: Call[] = [];
  const arrivals: Record<Stage, ((call: Call) => void)[]> = { vision: [], answer: [] };

  const server = Bun.serve({
    hostname: options.hostname ?? "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    routes: { "/v1/chat/completions": { POST: (request) => receive(request) } },
    fetch: () => failure(404, { message: "Unknown path." }),
  });

  async function receive(request: Request): Promise<Response> {
    if (!request.headers.get("authorization")?.startsWith("Bearer ")) {
      return failure(401, { code: "invalid_api_key", message: "No key." });
    }
    const bytes = Buffer.from(await request.bytes());
    if (streams && bytes.includes('"stream":true')) return streamCompletion(streams);
    const call = readCall(request.headers, bytes);
    const { stage } = call;
    counts[stage] += 1;
    request.signal.addEventListener("abort", () => void aborts[stage]++);
    if (callsMax > 0) calls.push(call);
    if (calls.length > callsMax) calls.shift();
    const reply = options.script?.(call) ?? queued[stage].shift() ?? standing[stage];
    for (const arrived of arrivals[stage].splice(0)) arrived(call);
    await Bun.sleep(reply.delayMs ?? delaysMs[stage] ?? 0);
    return respond(reply);
  }

  return {
    url: `${server.url.origin}/v1`,
    origin: server.url.origin,
    calls,
    counts,
    aborts,
    next: (stage, ...replies) => void queued[stage].push(...replies),
    always: (stage, reply) => {
      standing[stage] = reply;
    },
    arrival: (stage) => new Promise((resolve) => void arrivals[stage].push(resolve)),
    reset() {
      for (const stage of ["vision", "answer"] as const) {
        queued[stage].length = 0;
        counts[stage] = 0;
        aborts[stage] = 0;
      }
      calls.length = 0;
    },
    stop: () => server.stop(true),
  };
}

/**
 * Finds the stage without parsing, since a photo makes a body of 100 kB. Quotes in a user's text are
 * escaped, so this key can only be the protocol's.
 */
function readCall(headers: Headers, bytes: Buffer): Call {
  let body: unknown;
  return {
    stage: bytes.includes('"image_url":') ? "vision" : "answer",
    headers,
    get body() {
      body ??= JSON.parse(bytes.toString());
      return body;
    },
  };
}

function respond(reply: Reply): Response | Promise<Response> {
  const { status = 200, headers = {} } = reply;
  if (reply.break === "hang") return new Promise(() => {});
  if (status >= 400 && !reply.body) return failure(status, reply.error ?? {}, headers);
  const body = reply.body ?? completionOf(reply);
  return new Response(reply.break === "reset" ? cutShort(String(body)) : body, {
    status,
    headers: { "content-type": "application/json", "x-request-id": "req_test", ...headers },
  });
}

const completions = new WeakMap<Reply, string>();

/** A standing reply is serialised once. */
function completionOf(reply: Reply): string {
  const known = completions.get(reply);
  if (known !== undefined) return known;
  const text = JSON.stringify(toCompletion(reply));
  completions.set(reply, text);
  return text;
}

function toCompletion(reply: Reply) {
  const { content = "", refusal = null, finishReason = "stop", usage = [0, 0] } = reply;
  return {
    id: "chatcmpl-test",
    object: "chat.completion",
    created: 0,
    model: "fake-model",
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        logprobs: null,
        message: {
          role: "assistant",
          content: refusal ? null : typeof content === "string" ? content : JSON.stringify(content),
          refusal,
        },
      },
    ],
    usage: {
      prompt_tokens: usage[0],
      completion_tokens: usage[1],
      total_tokens: usage[0] + usage[1],
    },
  };
}

/** Half of the body, then the connection is gone. */
function cutShort(body: string): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    async pull(controller) {
      // Without an `Error`, which Bun would print.
      if (sent) return controller.error();
      sent = true;
      controller.enqueue(new TextEncoder().encode(body.slice(0, body.length / 2)));
      await Bun.sleep(5);
    },
  });
}

function failure(status: number, error: NonNullable<Reply["error"]>, headers = {}): Response {
  const { code = null, type = null, message = "Scripted failure." } = error;
  return Response.json({ error: { message, type, param: null, code } }, { status, headers });
}
