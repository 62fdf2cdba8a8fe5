import { gunzipSync } from "node:zlib";
import OpenAI from "openai";
import { Fault } from "#lib/error/fault.ts";
import { readReply } from "#lib/http/read-bounded.ts";
import { ErrorReply, readServerError } from "#lib/model-server/server-error.ts";

export interface OpenAiClientOptions {
  readonly apiKey: string;
  /** With the version path and without `/chat/completions`. */
  readonly baseURL: string;
  /** Whether replies are handed over as they come; who reads one bounds it. */
  readonly isStreamed?: boolean;
}

/** A reply is about 2 kB; an endless one must not exhaust memory. */
const replyBytesMax = 1024 * 1024;

/**
 * The OpenAI SDK as this service uses it: one call is one request, because the queue owns retries, and
 * nothing is read from the environment. Callers bring their own deadline, which covers the body as well.
 */
export function createOpenAiClient(options: OpenAiClientOptions): OpenAI {
  const { apiKey, baseURL, isStreamed = false } = options;
  return new PrebuiltRequestClient({
    apiKey,
    baseURL,
    organization: null,
    project: null,
    logLevel: "off",
    maxRetries: 0,
    defaultHeaders: { "accept-encoding": "identity" },
    fetch: isStreamed ? streamingFetch : boundedFetch,
  });
}

/**
 * Builds URL and headers once instead of for every request. Only for requests that differ in body and
 * headers alone, such as our chat completions.
 *
 * Overrides a hook of the SDK that its minor versions may change: read and measured with openai 7.57.0
 * on Bun 1.4.5. A call costs 356 µs of CPU with it and 487 µs without (ratio 1.31, median of 7 paired
 * runs of 2,000 calls), and 1,000 calls in flight take 7 % to 9 % less memory. The test beside this file
 * fails on another version of the SDK: read `buildRequest` again, measure, and delete this class when
 * it no longer pays.
 */
class PrebuiltRequestClient extends OpenAI {
  /** The SDK sends it as its user agent. */
  static override readonly name = "OpenAI";
  #prebuilt: ReturnType<OpenAI["buildRequest"]> | undefined;

  override async buildRequest({
    body,
    headers,
    signal = null,
    ...same
  }: Parameters<OpenAI["buildRequest"]>[0]): ReturnType<OpenAI["buildRequest"]> {
    this.#prebuilt ??= super.buildRequest(same);
    const { req, ...rest } = await this.#prebuilt;
    const init = { ...req, headers: new Headers(req.headers), signal };
    for (const [name, value] of headers instanceof Headers ? headers : []) {
      init.headers.set(name, value);
    }
    return { ...rest, req: body instanceof ReadableStream ? { ...init, body } : init };
  }
}

/**
 * Reads the whole reply inside `fetch`, so that abort and deadline cover the body and its size is
 * bounded before the SDK buffers it. A redirect would carry the photo elsewhere: it is not
 * followed.
 *
 * No compression is asked for. A server that compresses all the same is inflated here, up to the limit:
 * Bun inflates far ahead of what is read, and a megabyte that unpacks to a gigabyte would hold the
 * process for a second.
 *
 * @throws ErrorReply for any status but 2xx: of its body the SDK keeps `error` alone
 */
async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  return boundedReply(await plainFetch(url, init));
}

/** The same where there is no reply to stream; a stream must not be compressed. */
async function streamingFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const reply = await plainFetch(url, init);
  return reply.ok && !reply.headers.has("content-encoding") ? reply : boundedReply(reply);
}

function plainFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(url, { ...init, redirect: "manual", decompress: false });
}

async function boundedReply(reply: Response): Promise<Response> {
  const { bytes, end } = await readReply(reply, replyBytesMax);
  if (end === "too large") throw unusable(reply, `exceeds ${replyBytesMax} bytes`);
  const { status, statusText } = reply;
  const body = inflate(reply, bytes);
  if (!reply.ok) {
    throw new ErrorReply(readServerError(status, new TextDecoder().decode(body), reply.headers));
  }
  return new Response(body, { status, statusText, headers: reply.headers });
}

/** @throws Fault `MODEL_OUTPUT_INVALID`. */
function inflate(reply: Response, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const encoding = reply.headers.get("content-encoding") ?? "identity";
  if (encoding === "identity") return bytes;
  if (encoding !== "gzip") throw unusable(reply, `is encoded as ${encoding}`);
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: replyBytesMax }));
  } catch (error) {
    throw unusable(reply, `cannot be inflated to at most ${replyBytesMax} bytes`, error);
  }
}

function unusable({ status }: Response, why: string, error?: unknown): Fault {
  const cause = new Error(`reply of status ${status} ${why}`, { cause: error });
  return new Fault("MODEL_OUTPUT_INVALID", { cause });
}
