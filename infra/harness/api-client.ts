import type { EventSourceMessage } from "eventsource-parser";
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { ScanResult } from "#lib/scan/scan-result.ts";
import type { Account } from "../../services/users/account.ts";
import type { Collection } from "../../services/users/collection.ts";

export type ApiClient = ReturnType<typeof createApiClient>;

export interface Submitted {
  readonly job_id: string;
  readonly stream_url: string;
  readonly result_url: string;
}

export interface FollowOptions {
  /** Id of the last event that is known. Default: none is. */
  readonly after?: number | undefined;
  /** Ends the connection. */
  readonly signal?: AbortSignal;
}

/**
 * The public API as a client program uses it. A refused request is an `Error`, of which
 * `statusOf` tells the status.
 *
 * @param headers of every request: credentials, which are the cookies of a sign-in or, with
 * `AUTH_MODE=dev`, `x-user-id`; and what else a caller sends
 * @param requestMs how long a request and its body may take. Default: any time
 */
export function createApiClient(
  origin: string,
  headers: Readonly<Record<string, string>>,
  requestMs?: number,
) {
  const { get, post, call, follow } = createCaller(origin, headers, requestMs);
  return {
    /** @returns the photo's address, for `submit`. */
    upload: async (photo: Uint8Array, contentType: string): Promise<string> => {
      const body = { content_type: contentType, size: photo.byteLength };
      const slot = await post("/api/v1/images/scan", body);
      await call(slot.upload_url, {
        method: "PUT",
        headers: slot.required_headers,
        body: new Uint8Array(photo),
      });
      await post("/api/v1/images/scan/callback", { key: slot.key });
      return String(slot.cdn_url);
    },
    submit: (imageUrl: string, userInput: string): Promise<Submitted> =>
      post("/api/v1/scan", { image_url: imageUrl, user_input: userInput }),
    /** Calls back for every event until the stream ends. @returns the HTTP status */
    follow: (
      streamUrl: string,
      onEvent: (event: ScanEvent) => void,
      options?: FollowOptions,
    ): Promise<number> => follow(streamUrl, ({ data }) => onEvent(JSON.parse(data)), options),
    result: (resultUrl: string): Promise<ScanResult> => get(resultUrl),
    /** The caller's account. */
    account: (): Promise<Account> => get("/api/v1/users/me"),
    /** The characters the caller has. */
    collection: (): Promise<Collection> => get("/api/v1/users/me/characters"),
  };
}

/** Requests of one caller, each an `Error` where it is refused. */
export function createCaller(
  origin: string,
  headers: Readonly<Record<string, string>>,
  requestMs?: number,
) {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const signal = requestMs === undefined ? null : AbortSignal.timeout(requestMs);
    const response = await fetch(new URL(path, origin), { headers, signal, ...init });
    if (response.ok) return response;
    const reason = `${init.method ?? "GET"} ${path}: ${await response.text()}`;
    throw new Error(reason, { cause: response.status });
  };
  /** With a body in JSON. */
  const send = (method: string, path: string, body: unknown) => {
    const json = { ...headers, "content-type": "application/json" };
    return call(path, { method, headers: json, body: JSON.stringify(body) });
  };
  return {
    call,
    send,
    get: async (path: string) => (await call(path)).json(),
    post: async (path: string, body: unknown) => (await send("POST", path, body)).json(),
    /** Calls back for every event until the stream ends. @returns the HTTP status */
    follow: async (
      path: string,
      onEvent: (event: EventSourceMessage) => void,
      { after, signal }: FollowOptions = {},
    ): Promise<number> => {
      const resumed = after === undefined ? headers : { ...headers, "last-event-id": `${after}` };
      const response = await call(path, { headers: resumed, ...(signal && { signal }) });
      const text = response.body?.pipeThrough(new TextDecoderStream());
      const events = text?.pipeThrough(new EventSourceParserStream()) ?? [];
      for await (const event of events) onEvent(event);
      return response.status;
    },
  };
}

/**
 * The HTTP status of a request that failed; undefined when there was no response, which a proxy before the system
 * says as 502 or 504, and when a 504 of the system says that nobody knows.
 */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error ? error.cause : undefined;
  return typeof status === "number" && status !== 502 && status !== 504 ? status : undefined;
}
