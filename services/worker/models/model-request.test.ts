import { afterAll, describe, expect, test } from "bun:test";
import type { Photo } from "./model.ts";
import { type ModelRequest, PLACEHOLDER, requestTemplate } from "./model-request.ts";

const received: { headers: Headers; text: string }[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    received.push({ headers: request.headers, text: await request.text() });
    return new Response();
  },
});
afterAll(() => server.stop(true));

const fill = requestTemplate({
  user: "가",
  said: PLACEHOLDER,
  shown: [{ url: PLACEHOLDER }],
  end: true,
});
const photoOf = (bytes: Uint8Array): Photo => ({ bytes, mime: "image/webp" });
const send = ({ body, bytes }: ModelRequest) => {
  const headers = { "content-length": String(bytes) };
  return fetch(server.url, { method: "POST", body, headers });
};

describe("a request body", () => {
  test("releases its photo when that was sent, while the model has not replied", async () => {
    const released = Promise.withResolvers<void>();
    const reply = Promise.withResolvers<Response>();
    await using model = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => reply.promise });
    const photo = { ...photoOf(new Uint8Array(71_284)), release: released.resolve };
    const { body, bytes } = fill("?", photo);
    const headers = { "content-length": String(bytes) };
    const sending = fetch(model.url, { method: "POST", body, headers });
    await released.promise;
    reply.resolve(new Response());
    await sending;
  });

  // Every remainder of a division by 3, and more than a socket takes at once.
  test.each([0, 1, 2, 3, 71_284, 71_285, 71_286, 3_000_001])(
    "with a photo of %d bytes arrives as JSON would have written it",
    async (size) => {
      const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
      const photo = new Uint8Array(size).map((_, i) => bytes[i % bytes.length] ?? 0);
      const said = `"}] \\ \n\0 \ud800 ${PLACEHOLDER} 버려요 🗑️ `;
      // A view into a larger buffer: what lies around the photo stays here.
      const inside = new Uint8Array(size + 2).fill(0x41);
      inside.set(photo, 1);
      await send(fill(said, photoOf(inside.subarray(1, size + 1))));
      const url = `data:image/webp;base64,${Buffer.from(photo).toString("base64")}`;
      const whole = JSON.stringify({ user: "가", said, shown: [{ url }], end: true });
      const { text, headers } = received.pop() ?? {};
      expect(text === whole).toBe(true);
      expect(headers?.get("content-length")).toBe(String(Buffer.byteLength(whole)));
      expect(headers?.has("transfer-encoding")).toBe(false);
    },
  );
});
