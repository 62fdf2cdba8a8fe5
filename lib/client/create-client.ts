import createFetchClient from "openapi-fetch";
import type { components, paths } from "./api.d.ts";
import { type Api, dataOf, withSignal } from "./calls.ts";
import { type FollowOptions, follow } from "./follow.ts";
import { createSession, type SessionOptions } from "./session.ts";
import { type SignInOptions, signIn, signInUrl } from "./sign-in.ts";
import { type ChatOptions, type ScanOptions, sendMessage, submitScan } from "./submit.ts";
import { type Channel, uploadPhoto } from "./upload-photo.ts";
import { attempt } from "./wait.ts";

export interface ClientOptions extends SessionOptions {
  /** Origin of the API. Default: the page's own. */
  readonly baseUrl?: string;
}

type Schemas = components["schemas"];

export type ScanResult = Schemas["ScanResult"];
/** `event` is the stage, or `failed` for a scan that ended so. */
export type ScanEvent = Schemas["ScanStreamEvent"] & {
  readonly event: Schemas["ScanStreamEvent"]["stage"] | "failed";
};
/** A stage of an answer, as of a scan; or a piece of its text, or all of it anew; or a question to the user. */
export type ChatEvent =
  | (Schemas["ChatStep"] & { readonly event: Schemas["ChatStep"]["stage"] })
  | (Schemas["ChatText"] & { readonly event: "token" | "snapshot" })
  | (Schemas["ChatQuestion"] & { readonly event: "needs_input" })
  | (Schemas["ChatDone"] & { readonly event: "done" })
  | (Schemas["ChatFailed"] & { readonly event: "failed" });

export interface ResultOptions {
  /** In degrees: then the result has the nearest places that take the thing. */
  readonly at?: { readonly lat: number; readonly lon: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A client of the API in browsers, Bun and Node. Its functions throw an `Eco2Error`; those of `api` return it.
 *
 * @example
 * const eco2 = createClient({ baseUrl: "https://eco2.example", token });
 * const scan = await eco2.scan(photo, "이거 어떻게 버려요?");
 * for await (const { event, progress } of scan.events) console.log(event, progress);
 * console.log(await scan.result());
 */
export function createClient({ baseUrl, ...options }: ClientOptions = {}) {
  const { origin } = new URL(baseUrl || globalThis.location.href);
  const session = createSession(origin, options);
  const { send, signOut, credentials } = session;
  const api: Api = createFetchClient<paths>({ baseUrl: origin, fetch: send, credentials });
  const eventsUrl = (kind: "scan" | "chat", jobId: string) =>
    `${origin}/api/v1/${kind}/${encodeURIComponent(jobId)}/events`;
  const followScan = (jobId: string, given?: FollowOptions) =>
    follow<ScanEvent>(session, eventsUrl("scan", jobId), given);
  const followChat = (jobId: string, given?: FollowOptions) =>
    follow<ChatEvent>(session, eventsUrl("chat", jobId), given);
  const upload = (channel: Channel, photo: Blob, signal?: AbortSignal) =>
    uploadPhoto({ api, session }, channel, photo, signal);

  /** The result of a scan: waits for its end. */
  async function result(jobId: string, { at, signal }: ResultOptions = {}): Promise<ScanResult> {
    const query = at && { lat: String(at.lat), lon: String(at.lon) };
    const params = { path: { job_id: jobId }, ...(query && { query }) };
    const read = () =>
      attempt(async () => {
        const init = { params, ...withSignal(signal) };
        return dataOf(await api.GET("/api/v1/scan/{job_id}/result", init));
      }, signal);
    for (;;) {
      const data = await read();
      if ("task_id" in data) return data;
      for await (const _ of followScan(jobId, { signal }));
    }
  }

  /** Scans a photo, or one that is uploaded already by its address. Resolves once the scan is accepted. */
  async function scan(photo: Blob | string, question = "", given: ScanOptions = {}) {
    const { signal } = given;
    const imageUrl = typeof photo === "string" ? photo : await upload("scan", photo, signal);
    const { job_id: jobId } = await submitScan(api, imageUrl, question, given);
    return {
      jobId,
      imageUrl,
      events: { [Symbol.asyncIterator]: () => followScan(jobId, { signal }) },
      result: (more?: ResultOptions) => result(jobId, { signal, ...more }),
    };
  }

  /** Says something in a conversation. Resolves once it is accepted; the answer comes as events. */
  async function chat(message: string, given: ChatOptions = {}) {
    const { photo, signal } = given;
    const imageUrl = photo instanceof Blob ? await upload("chat", photo, signal) : photo;
    const sent = await sendMessage(api, message, imageUrl, given);
    const jobId = sent.job_id;
    return {
      chatId: sent.chat_id,
      messageId: sent.message_id,
      jobId,
      events: { [Symbol.asyncIterator]: () => followChat(jobId, { signal }) },
    };
  }

  return {
    /** Every operation by its path: https://openapi-ts.dev/openapi-fetch */
    api,
    signIn: (provider: string, given?: SignInOptions) => signIn(session, provider, given),
    signInUrl: (provider: string, given?: SignInOptions) => signInUrl(origin, provider, given),
    signOut,
    upload,
    scan,
    follow: followScan,
    result,
    chat,
    followChat,
  };
}
