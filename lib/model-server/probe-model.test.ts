import { afterAll, beforeEach, expect, test } from "bun:test";
import { type Call, type Reply, startOpenAiServer } from "#lib/testing/openai-server.ts";
import { openAiDialect } from "./dialect.ts";
import { probeModel } from "./probe-model.ts";

let reply: (call: Call) => Reply;
const server = startOpenAiServer({ script: (call) => reply(call) });
beforeEach(() => server.reset());
afterAll(() => server.stop());

const green: Reply = { content: { colour: "green" } };
const probe = () => probeModel({ baseURL: server.url, apiKey: "key", name: "m" });
const refuse = (message: string): Reply => ({ status: 400, error: { message } });

test("a model that takes what OpenAI takes is asked once", async () => {
  reply = () => green;
  expect(await probe()).toMatchObject({ dialect: openAiDialect, isBare: true });
  expect(server.counts.vision).toBe(1);
});

test("what a model does not take is found out, and that it wraps its JSON", async () => {
  reply = ({ body }) => {
    if (body.response_format) return refuse("response_format is not supported");
    if (body.max_completion_tokens) return refuse("unknown parameter max_completion_tokens");
    return { content: '```json\n{"colour":"green"}\n```' };
  };
  const dialect = { ...openAiDialect, format: "text", limit: "max_tokens" };
  expect(await probe()).toMatchObject({ dialect, isBare: false });
});

test.each<[string, Reply, string]>([
  ["another name", { status: 404, error: { message: "model 'm' not found" } }, "ACCESS_DENIED"],
  ["no eyes", refuse("m does not support image input"), "ACCESS_DENIED"],
  ["no money", { status: 402 }, "QUOTA_EXHAUSTED"],
  ["nothing to say", {}, "says nothing"],
])("a model with %s has a problem", async (_, said, problem) => {
  reply = () => said;
  expect(await probe()).toMatchObject({ problem: expect.stringContaining(problem) });
});
