import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { ScanResult } from "#lib/scan/scan-result.ts";
import type { Account } from "../../services/users/account.ts";
import type { Collection } from "../../services/users/collection.ts";
import { readSse } from "./read-sse.ts";

/** The public API as a client program uses it. */
export interface ApiClient {
  /** @returns the photo's address, for `submit`. */
  upload(photo: Uint8Array, contentType: string): Promise<string>;
  submit(imageUrl: string, userInput: string): Promise<Submitted>;
  /** Calls back for every event until the stream ends. @returns the HTTP status */
  follow(streamUrl: string, onEvent: (event: ScanEvent) => void): Promise<number>;
  result(resultUrl: string): Promise<ScanResult>;
  /** The caller's account. */
  account(): Promise<Account>;
  /** The characters the caller has. */
  collection(): Promise<Collection>;
}

export interface Submitted {
  readonly job_id: string;
  readonly stream_url: string;
  readonly result_url: string;
}

/**
 * A refused request is an `Error`, of which `statusOf` tells the status.
 *
 * @param headers of every request: credentials, which are the cookies of a sign-in or, with
 * `AUTH_MODE=dev`, `x-user-id`; and what else a caller sends
 * @param signal makes what ends one request and its body. Default: nothing does
 */
export function createApiClient(
  origin: string,
  headers: Readonly<Record<string, string>>,
  signal: () => AbortSignal | null = () => null,
): ApiClient {
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
    upload: async (photo, contentType) => {
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
    submit: async (imageUrl, userInput) =>
      (await post("/api/v1/scan", { image_url: imageUrl, user_input: userInput })).json(),
    follow: async (streamUrl, onEvent) => {
      const response = await call(streamUrl, { headers });
      if (response.body) {
        for await (const { data } of readSse(response.body)) onEvent(JSON.parse(data));
      }
      return response.status;
    },
    result: async (resultUrl) => (await call(resultUrl, { headers })).json(),
    account: async () => (await call("/api/v1/users/me", { headers })).json(),
    collection: async () => (await call("/api/v1/users/me/characters", { headers })).json(),
  };
}

/** The HTTP status of a request that failed; undefined when there was no response. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error ? error.cause : undefined;
  return typeof status === "number" ? status : undefined;
}
