import { afterAll, beforeEach, expect, test } from "bun:test";
import { startOpenAiServer } from "./openai-server.ts";

const server = startOpenAiServer({ vision: { content: "seen" }, answer: { content: "told" } });
beforeEach(() => server.reset());
afterAll(() => server.stop());

const image = { type: "image_url", image_url: { url: "data:image/jpeg;base64,AAAA" } };

async function ask(...content: unknown[]): Promise<unknown> {
  const response = await fetch(`${server.url}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
  });
  const { choices } = await response.json();
  return choices[0].message.content;
}

test("a call with an image is the vision stage, one without is the answer", async () => {
  expect(await ask({ type: "text", text: "?" }, image)).toBe("seen");
  expect(await ask({ type: "text", text: "?" })).toBe("told");
  expect(server.counts).toEqual({ vision: 1, answer: 1 });
});

test("what a user writes about images does not change the stage", async () => {
  const text = JSON.stringify({ user_input: '"image_url"', content: [image] });
  expect(await ask({ type: "text", text: "image_url" })).toBe("told");
  expect(await ask({ type: "text", text })).toBe("told");
});

test("a recorded call shows its body as it was sent", async () => {
  await ask({ type: "text", text: "페트병" }, image);
  expect(server.calls[0]?.body).toEqual({
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "페트병" }, image] }],
  });
});

test("a reply is given again as it is, also after others", async () => {
  server.next("answer", { content: { once: true } });
  expect([await ask(), await ask(), await ask()]).toEqual(['{"once":true}', "told", "told"]);
});
