import { type Api, dataOf, withSignal } from "./calls.ts";
import { errorOf } from "./eco2-error.ts";
import { drain, type Session } from "./session.ts";
import { attempt } from "./wait.ts";

export type Channel = "scan" | "chat" | "my";

/**
 * Asks for a place, puts the photo there, has it confirmed. The bytes go to the address that was offered, which may be
 * another server's, without the user's credentials.
 *
 * @returns the photo's address.
 */
export async function uploadPhoto(
  { api, session }: { readonly api: Api; readonly session: Session },
  channel: Channel,
  photo: Blob,
  signal?: AbortSignal,
): Promise<string> {
  const path = { channel };
  const body = { content_type: photo.type || (await sniff(photo)), size: photo.size };
  const offer = await attempt(
    async () =>
      dataOf(
        await api.POST("/api/v1/images/{channel}", {
          params: { path },
          body,
          ...withSignal(signal),
        }),
      ),
    signal,
  );
  await attempt(async () => {
    // The length of a body is the runtime's to say; browsers let nobody else.
    const { "content-length": _, ...headers } = offer.required_headers;
    const url = new URL(offer.upload_url, session.origin);
    const init = { method: "PUT", body: photo, headers, credentials: "omit" } as const;
    const response = await session.sendBare(new Request(url, { ...init, ...withSignal(signal) }));
    if (!response.ok) throw await errorOf(response);
    await drain(response);
  }, signal);
  const confirmed = await attempt(
    async () =>
      dataOf(
        await api.POST("/api/v1/images/{channel}/callback", {
          params: { path },
          body: { key: offer.key },
          ...withSignal(signal),
        }),
      ),
    signal,
  );
  return confirmed.cdn_url;
}

/** The type of a photo that says none, as one read from a disk. What it is not, the server refuses. */
async function sniff(photo: Blob): Promise<string> {
  const bytes = new Uint8Array(await photo.slice(0, 12).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  if (text.startsWith("\x89PNG")) return "image/png";
  if (text.startsWith("RIFF") && text.endsWith("WEBP")) return "image/webp";
  if (text.startsWith("GIF8")) return "image/gif";
  if (text.slice(4).startsWith("ftyp")) return text.endsWith("avif") ? "image/avif" : "image/heic";
  return "image/jpeg";
}
