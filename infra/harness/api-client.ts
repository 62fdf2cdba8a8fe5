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

/**
 * The public API as a client program uses it. A refused request is an `Error`, of which
 * `statusOf` tells the status.
 *
 * @param headers of every request: credentials, which are the cookies of a sign-in or, with
 * `AUTH_MODE=dev`, `x-user-id`; and what else a caller sends
 * @param signal makes what ends one request and its body. Default: nothing does
 */
export function createApiClient(
  origin: string,
  headers: Readonly<Record<string, string>>,
  signal: () => AbortSignal | null = () => null,
) {
  const json = { ...headers, "content-type": "application/json" };
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(new URL(path, origin), { ...init, signal: signal() });
    if (response.ok) return response;
    const reason = `${init.method ?? "GET"} ${path}: ${await response.text()}`;
    throw new Error(reason, { cause: response.status });
  };
  const post = (path: string, body: unknown) =>
    call(path, { method: "POST", headers: json, body: JSON.stringify(body) });
  return {
    /** @returns the photo's address, for `submit`. */
    upload: async (photo: Uint8Array, contentType: string): Promise<string> => {
      const body = { content_type: contentType, size: photo.byteLength };
      const slot = await (await post("/api/v1/images/scan", body)).json();
      await call(slot.upload_url, {
        method: "PUT",
        headers: slot.required_headers,
        body: new Uint8Array(photo),
      });
      await post("/api/v1/images/scan/callback", { key: slot.key });
      return String(slot.cdn_url);
    },
    submit: async (imageUrl: string, userInput: string): Promise<Submitted> =>
      (await post("/api/v1/scan", { image_url: imageUrl, user_input: userInput })).json(),
    /** Calls back for every event until the stream ends. @returns the HTTP status */
    follow: async (streamUrl: string, onEvent: (event: ScanEvent) => void): Promise<number> => {
      const { status, body } = await call(streamUrl, { headers });
      const text = body?.pipeThrough(new TextDecoderStream());
      const events = text?.pipeThrough(new EventSourceParserStream()) ?? [];
      for await (const { data } of events) onEvent(JSON.parse(data));
      return status;
    },
    result: async (resultUrl: string): Promise<ScanResult> =>
      (await call(resultUrl, { headers })).json(),
    /** The caller's account. */
    account: async (): Promise<Account> => (await call("/api/v1/users/me", { headers })).json(),
    /** The characters the caller has. */
    collection: async (): Promise<Collection> =>
      (await call("/api/v1/users/me/characters", { headers })).json(),
  };
}

/**
 * The HTTP status of a request that failed; undefined when there was no response, which a proxy before the system
 * says as 502 or 504.
 */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error ? error.cause : undefined;
  return typeof status === "number" && status !== 502 && status !== 504 ? status : undefined;
}
