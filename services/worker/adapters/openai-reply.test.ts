import { afterAll, expect, test } from "bun:test";
import { Fault } from "#lib/error/fault.ts";
import { LearnedDialect } from "#lib/model-server/learned-dialect.ts";
import { AskAgain } from "../models/ask-again.ts";
import type { Usage } from "../models/model-guard.ts";
import { unguarded } from "../scan-fixture.ts";
import { createOpenAiClient } from "./openai-client.ts";
import { createOpenAiReply, type OpenAiReplyOptions } from "./openai-reply.ts";

/** How servers stream, and how they fail: each is spoken by the HTTP server of this test. */
type Script = (
  request: Request,
  body: { stream?: boolean; stream_options?: object },
) => Response | Promise<Response>;
let script: Script = () => new Response();
const bodies: object[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const body = JSON.parse(await request.text());
    bodies.push(body);
    return script(request, body);
  },
});
afterAll(() => server.stop(true));

const text = "병을 헹군 뒤 라벨을 떼어 주세요.";
const pieces = ["병을 ", "헹군 ", "뒤 라벨을", " 떼어", " 주세요."];
const usage = { prompt_tokens: 120, completion_tokens: 9, total_tokens: 129 };
const counted: Usage = { promptTokens: 120, completionTokens: 9 };

const chunk = (delta: object, rest: object = {}) =>
  JSON.stringify({
    id: "c",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, ...rest }],
  });
const said = (content: unknown) => chunk({ content });
const stop = chunk({}, { finish_reason: "stop" });
const costs = JSON.stringify({ object: "chat.completion.chunk", choices: [], usage });
const done = "[DONE]";
const usual = [chunk({ role: "assistant", content: "" }), ...pieces.map(said), stop, costs, done];

/** A body that is sent piece by piece, after what is to be awaited; `after` ends it, or leaves it open. */
function streamed(
  parts: readonly (string | Uint8Array | Promise<void>)[],
  after: "close" | "hang" | "reset" = "close",
): Response {
  let sent = 0;
  const body = new ReadableStream({
    async pull(controller) {
      let part = parts[sent++];
      for (; part instanceof Promise; part = parts[sent++]) await part;
      if (part !== undefined)
        controller.enqueue(typeof part === "string" ? new TextEncoder().encode(part) : part);
      else if (after === "close") controller.close();
      else if (after === "reset") controller.error();
      else await new Promise(() => {});
      await Bun.sleep(0);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
const events = (...chunks: string[]) => chunks.map((one) => `data: ${one}\n\n`);
const sse = (...chunks: string[]) => streamed(events(...chunks));

/** Resolves when text is written of the reply that is read. */
let hasText = Promise.withResolvers<void>();

interface Read {
  text: string;
  usage: Usage | undefined;
  /** Texts that turned out to be none of the answer. */
  restarts: number;
}

const signal = new AbortController().signal;

/** As `callWithFallback` does: once more for a request that is put otherwise. */
async function read(
  options: Partial<OpenAiReplyOptions> = {},
  given = signal,
  onWrite: (piece: string) => void = () => undefined,
): Promise<Read> {
  hasText = Promise.withResolvers();
  const reply = createOpenAiReply({
    name: "m",
    client: createOpenAiClient({
      apiKey: "k",
      baseURL: `${server.url.origin}/v1`,
      isStreamed: true,
    }),
    timeoutMs: 2_000,
    idleMs: 300,
    withConnection: (work) => work(),
    dialect: new LearnedDialect(),
    ...options,
  });
  const got: Read = { text: "", usage: undefined, restarts: 0 };
  const sink = {
    write: (piece: string) => {
      got.text += piece;
      hasText.resolve();
      onWrite(piece);
    },
    restart: () => {
      got.text = "";
      got.restarts++;
    },
  };
  const ask = () => reply({ message: "라벨?" }, unguarded(given), sink);
  for (let asks = 1; ; asks++) {
    try {
      got.usage = await ask();
      return got;
    } catch (error) {
      if (!(error instanceof AskAgain) || error.isPaid || asks === 4) throw error;
    }
  }
}

const whole = (message: object, rest: object = {}) => ({
  object: "chat.completion",
  choices: [{ index: 0, finish_reason: "stop", message, ...rest }],
  usage,
});
const bytes = (parts: string[], length: number) => {
  const all = new TextEncoder().encode(parts.join(""));
  return Array.from({ length: Math.ceil(all.length / length) }, (_, i) =>
    all.slice(i * length, (i + 1) * length),
  );
};

/** Each ends with the whole text, and with what it has cost where the server says so. */
const ways: Record<string, { script: Script; usage?: undefined; restarts?: number }> = {
  "as OpenAI does": { script: () => sse(...usual) },
  "in single bytes, through the middle of characters": {
    script: () => streamed(bytes(events(...usual), 1)),
  },
  "in pieces of seven bytes": { script: () => streamed(bytes(events(...usual), 7)) },
  "all at once": { script: () => streamed([events(...usual).join("")]) },
  "without [DONE]": { script: () => sse(...usual.slice(0, -1)) },
  "without a reason for the end": { script: () => sse(...usual.filter((one) => one !== stop)) },
  "without usage": { script: () => sse(...usual.filter((one) => one !== costs)), usage: undefined },
  "with usage in every chunk": {
    script: () =>
      sse(
        ...pieces.map((one, i) =>
          JSON.stringify({
            choices: [{ delta: { content: one } }],
            usage: { ...usage, completion_tokens: i },
          }),
        ),
        JSON.stringify({ choices: [{ delta: {}, finish_reason: "stop" }], usage }),
        done,
      ),
  },
  "with usage that is no count": {
    script: () =>
      sse(
        ...pieces.map(said),
        stop,
        JSON.stringify({ choices: [], usage: { prompt_tokens: "many" } }),
        done,
      ),
    usage: undefined,
  },
  "and leaves the connection open after [DONE]": {
    script: () => streamed(events(...usual), "hang"),
  },
  "and leaves it open after the end without a word": {
    script: () => streamed(events(...usual.slice(0, -2)), "hang"),
    usage: undefined,
  },
  "with CRLF": { script: () => streamed(usual.map((one) => `data: ${one}\r\n\r\n`)) },
  "with one line feed between events": {
    script: () => streamed(usual.map((one) => `data:${one}\n`)),
  },
  "with comments, names, ids and keep-alives": {
    script: () =>
      streamed(
        usual.flatMap((one, i) => [
          ": keep-alive\n\n",
          `event: message\nid: ${i}\nretry: 10\ndata: ${one}\n\n`,
        ]),
      ),
  },
  "without a line feed at the end": {
    script: () => streamed([...events(...usual.slice(0, -1)), `data: ${done}`]),
  },
  "with a chunk in two lines": {
    script: () =>
      streamed([
        ...events(...pieces.map(said)),
        `data: ${stop.slice(0, 20)}\ndata: ${stop.slice(20)}\n\n`,
        ...events(costs),
      ]),
  },
  "under a wrong type": {
    script: () =>
      new Response(events(...usual).join(""), { headers: { "content-type": "application/json" } }),
  },
  "in lines of JSON": { script: () => streamed(usual.slice(0, -1).map((one) => `${one}\n`)) },
  "not at all, but replies with a whole": { script: () => Response.json(whole({ content: text })) },
  "not at all, in JSON of many lines": {
    script: () => new Response(JSON.stringify(whole({ content: text }), null, 2)),
  },
  "and says the whole once more at the end": {
    script: () => sse(...pieces.map(said), JSON.stringify(whole({ content: text })), done),
  },
  "thoughts in a field of their own": {
    script: () =>
      sse(
        chunk({ reasoning_content: "음…" }),
        chunk({ reasoning: "병?" }),
        chunk({ content: null, thinking: "!" }),
        ...usual,
      ),
  },
  "thoughts in the text": {
    script: () => sse(said("<thi"), said("nk>음, 병"), said("?</th"), said("ink>\n\n"), ...usual),
  },
  "thoughts whose opening tag a template swallowed": {
    script: () =>
      streamed([
        ...events(said("음, 병?")),
        hasText.promise,
        ...events(said("</think>"), ...usual),
      ]),
    restarts: 1,
  },
  "such thoughts at once, of which nothing is shown": {
    script: () => streamed([events(said("음, 병?"), said("</think>"), ...usual).join("")]),
  },
  "content in parts": {
    script: () =>
      sse(
        said([{ type: "thinking", thinking: "음" }]),
        said([]),
        ...pieces.map((one) => said([{ type: "text", text: one }])),
        stop,
        costs,
        done,
      ),
  },
  "content in parts with values": {
    script: () =>
      sse(
        ...pieces.map((one) => said([{ type: "text", text: { value: one } }])),
        stop,
        costs,
        done,
      ),
  },
  "a first chunk of filter results without a choice": {
    script: () => sse(JSON.stringify({ choices: [], prompt_filter_results: [{}] }), ...usual),
  },
  "chunks with null where nothing is": {
    script: () =>
      sse(
        ...usual
          .slice(0, -2)
          .map((one) => JSON.stringify({ ...JSON.parse(one), error: null, usage: null })),
        costs,
        done,
      ),
  },
  "until a limit of its own": {
    script: () => sse(...pieces.map(said), chunk({}, { finish_reason: "length" }), costs, done),
  },
  "an error after the end": {
    script: () => sse(...usual.slice(0, -1), JSON.stringify({ error: { message: "late" } }), done),
  },
};
test.each(Object.entries(ways))("a server streams %s", async (_, way) => {
  script = way.script;
  const expected = "usage" in way ? undefined : counted;
  expect(await read()).toEqual({ text, usage: expected, restarts: way.restarts ?? 0 });
});

test("of a server that sends every token alone, those that come together are written as one", async () => {
  const sent = Array.from({ length: 40 }, (_, n) => `${n}번 `);
  const [first = "", ...others] = sent.map((one) => events(said(one)).join(""));
  script = () => streamed([first, hasText.promise, ...others, ...events(stop, costs, done)]);
  const written: string[] = [];
  const got = await read({}, signal, (piece) => written.push(piece));
  expect(got).toEqual({ text: sent.join(""), usage: counted, restarts: 0 });
  expect(written[0]).toBe("0번 ");
  expect(written.length).toBeLessThan(12);
});

test("there are at least 15 ways to stream", () => {
  expect(Object.keys(ways).length).toBeGreaterThanOrEqual(15);
});

const refuse = (status: number, message: string) =>
  Response.json({ error: { message } }, { status });

test("a server that knows no stream_options is asked without, and again from then on", async () => {
  script = (_, body) =>
    body.stream_options ? refuse(400, "Unknown field: stream_options") : sse(...usual);
  const dialect = new LearnedDialect();
  expect((await read({ dialect })).text).toBe(text);
  bodies.length = 0;
  expect((await read({ dialect })).text).toBe(text);
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toMatchObject({ stream: true });
});

test("a server that does not stream is asked for a whole", async () => {
  script = (_, body) =>
    body.stream
      ? refuse(400, "streaming is not supported")
      : Response.json(whole({ content: text }));
  expect(await read()).toEqual({ text, usage: counted, restarts: 0 });
});

const failures: [string, Script, string][] = [
  ["a cut in the middle", () => streamed(events(...usual.slice(0, 3))), "MODEL_UNAVAILABLE"],
  [
    "a reset in the middle",
    () => streamed(events(...usual.slice(0, 3)), "reset"),
    "MODEL_UNAVAILABLE",
  ],
  ["silence before the first word", () => streamed([": hello\n\n"], "hang"), "MODEL_TIMEOUT"],
  ["silence in the middle", () => streamed(events(...usual.slice(0, 3)), "hang"), "MODEL_TIMEOUT"],
  ["thoughts without end", () => endless(chunk({ reasoning_content: "음" })), "MODEL_TIMEOUT"],
  [
    "an error before the first word",
    () => sse(JSON.stringify({ error: { message: "boom", code: 500 } })),
    "MODEL_UNAVAILABLE",
  ],
  [
    "an error in the middle",
    () => sse(...usual.slice(0, 3), JSON.stringify({ error: { message: "overloaded" } })),
    "MODEL_NOT_READY",
  ],
  [
    "an event called error",
    () => streamed(['event: error\ndata: {"message":"rate limit reached"}\n\n']),
    "MODEL_RATE_LIMITED",
  ],
  [
    "an end for trouble",
    () => sse(...usual.slice(0, 3), chunk({}, { finish_reason: "error" }), done),
    "MODEL_UNAVAILABLE",
  ],
  [
    "a filter in the middle",
    () => sse(...usual.slice(0, 3), chunk({}, { finish_reason: "content_filter" }), done),
    "MODEL_REFUSED",
  ],
  ["a refusal", () => sse(chunk({ refusal: "I cannot help." }), stop, done), "MODEL_REFUSED"],
  ["nothing", () => sse(stop, done), "MODEL_OUTPUT_INVALID"],
  ["an empty body", () => new Response(""), "MODEL_UNAVAILABLE"],
  [
    "a limit that thoughts have used up",
    () => sse(said("<think>음"), chunk({}, { finish_reason: "length" }), done),
    "MODEL_TRUNCATED",
  ],
  [
    "a page",
    () => new Response("<html><title>502 Bad Gateway</title></html>"),
    "MODEL_UNAVAILABLE",
  ],
  ["status 429", () => refuse(429, "slow down"), "MODEL_RATE_LIMITED"],
  ["status 503", () => refuse(503, ""), "MODEL_BUSY"],
  ["status 401", () => refuse(401, ""), "MODEL_ACCESS_DENIED"],
  ["a redirect", () => Response.redirect("https://elsewhere.example/", 307), "MODEL_ACCESS_DENIED"],
];

function endless(one: string): Response {
  const body = new ReadableStream({
    async pull(controller) {
      controller.enqueue(`data: ${one}\n\n`);
      await Bun.sleep(20);
    },
  });
  return new Response(body);
}

test.each(failures)("%s rejects with a fault", async (_, failing, code) => {
  script = failing;
  const error = await read({ timeoutMs: 400, idleMs: 200 }).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Fault);
  expect(error.code).toBe(code);
});

test("an abort ends the reply with its reason, and the server hears of it", async () => {
  const heard = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  script = (request) => {
    request.signal.addEventListener("abort", () => heard.resolve());
    first.resolve();
    return streamed(events(...usual.slice(0, 3)), "hang");
  };
  const controller = new AbortController();
  const reason = new Fault("CANCELLED");
  const reading = read({ idleMs: 5_000 }, controller.signal).catch((error) => error);
  await first.promise;
  controller.abort(reason);
  expect(await reading).toBe(reason);
  await heard.promise;
});

test("a reply that does not end is not read to its end", async () => {
  script = () => endless(said("a".repeat(1_000_000)));
  const error = await read().catch((reason) => reason);
  expect(error).toMatchObject({ code: "MODEL_OUTPUT_INVALID" });
});
