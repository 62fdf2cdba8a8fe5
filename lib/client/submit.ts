import { type Api, dataOf, withSignal } from "./calls.ts";
import { attempt } from "./wait.ts";

export interface SubmitOptions {
  readonly model?: string | undefined;
  /** The same key is the same job, however often it is sent. Default: one of its own for every call. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ScanOptions extends SubmitOptions {
  /** What the thing is made of, where a photo cannot tell: a word of the user's, as `유리`. */
  readonly materialHint?: string | undefined;
}

export interface ChatOptions extends SubmitOptions {
  /** Default: a new conversation. */
  readonly chatId?: string | undefined;
  /** A photo, or the address of one that is uploaded already. */
  readonly photo?: Blob | string | undefined;
  /** In degrees. */
  readonly location?: { readonly latitude: number; readonly longitude: number } | undefined;
}

/** A submit that is lost on its way is sent again: its key makes that the same scan. */
export async function submitScan(
  api: Api,
  imageUrl: string,
  question: string,
  { model, materialHint, signal, idempotencyKey = newKey() }: ScanOptions,
) {
  const body = {
    image_url: imageUrl,
    user_input: [question, materialHint].filter(Boolean).join(" "),
    ...(model !== undefined && { model }),
  };
  const headers = { "x-idempotency-key": idempotencyKey };
  const init = { body, headers, ...withSignal(signal) };
  return attempt(async () => dataOf(await api.POST("/api/v1/scan", init)), signal);
}

export async function sendMessage(
  api: Api,
  message: string,
  imageUrl: string | undefined,
  { chatId, location, model, signal, idempotencyKey = newKey() }: ChatOptions,
) {
  const body = {
    message,
    ...(imageUrl !== undefined && { image_url: imageUrl }),
    ...(location && { user_location: location }),
    ...(model !== undefined && { model }),
  };
  const headers = { "x-idempotency-key": idempotencyKey };
  const init = { body, headers, ...withSignal(signal) };
  return attempt(async () => {
    if (chatId === undefined) return dataOf(await api.POST("/api/v1/chat/messages", init));
    const params = { path: { chat_id: chatId } };
    return dataOf(await api.POST("/api/v1/chat/{chat_id}/messages", { params, ...init }));
  }, signal);
}

/** `crypto.randomUUID` is missing where a page came over plain http from another machine. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
}
