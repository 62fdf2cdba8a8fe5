import { expect, test } from "bun:test";
import { holdReply } from "#lib/testing/held-reply.ts";
import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import { serviceUrls } from "#lib/testing/services.ts";

/** What `bun run demo -- --chat "…" --json` says. */
async function demo(env: Record<string, string> = {}) {
  const command = ["infra/dev/demo.ts", "--chat", "투명 페트병 라벨 떼야 하나요?", "--json"];
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, ...command], {
    env: { PATH, HOME, ...serviceUrls, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, events] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([await child.exited, events]).toEqual([0, expect.stringContaining("\ndone\n")]);
  return JSON.parse(text);
}

const source = expect.objectContaining({
  id: "clear-pet-bottle",
  url: expect.stringMatching(/^https:/),
});

test("the demo streams an answer that names its source, without a key", async () => {
  const { answer, is_whole, first_token_ms } = await demo();
  expect(answer.content).toStartWith("[로컬 추정] ");
  expect(answer.sources).toContainEqual(source);
  expect([is_whole, typeof first_token_ms]).toEqual([true, "number"]);
}, 60_000);

test("the demo streams a model's with one", async () => {
  const held = holdReply();
  const model = startOpenAiServer({ answer: held.reply });
  try {
    held.say("라벨은 떼어서 내놓아 주세요.");
    held.end();
    const key = { OPENAI_API_KEY: "sk-of-a-test", OPENAI_BASE_URL: model.url };
    const { answer, is_whole } = await demo(key);
    expect(answer.content).toStartWith("라벨은 떼어서 내놓아 주세요.\n\n출처: ");
    expect(answer.sources).toContainEqual(source);
    expect(is_whole).toBe(true);
  } finally {
    await model.stop();
  }
}, 60_000);
