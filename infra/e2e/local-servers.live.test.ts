import { afterEach, expect, test } from "bun:test";
import {
  type Call,
  type OpenAiServer,
  type Reply,
  startOpenAiServer,
} from "#lib/testing/openai-server.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { type Harness, scan, startHarness } from "./harness.ts";

/** The README's one-line set-ups, with a server in the place of each that behaves so. */
const readme = await Bun.file(new URL("../../README.md", import.meta.url)).text();

let eco2: Harness | undefined;
let server: OpenAiServer | undefined;
afterEach(async () => {
  await eco2?.stop();
  await server?.stop();
});

const good = ({ stage }: Call) => (stage === "vision" ? petVision : petAnswer);
let loading = 3;

const servers: Record<string, (call: Call) => Reply> = {
  Ollama: (call) =>
    call.body.model === "qwen2.5vl:7b"
      ? good(call)
      : { status: 404, error: { message: `model '${call.body.model}' not found` } },
  // It takes seconds to load a model, and any name for it.
  "llama.cpp": (call) =>
    loading-- > 0
      ? { status: 503, error: { message: "Loading model", type: "unavailable_error" } }
      : good(call),
};

test.each(Object.entries(servers))(
  "a scan completes with the line for %s",
  async (name, script) => {
    const line = new RegExp(
      `^# ${name}:.*\n(OPENAI_BASE_URL=\\S+ DEFAULT_MODEL=\\S+) bun run dev$`,
      "m",
    );
    const settings = line
      .exec(readme)?.[1]
      ?.split(" ")
      .map((one) => one.split("="));
    const env: Record<string, string> = Object.fromEntries(settings ?? []);
    server = startOpenAiServer({ script });
    expect(new URL(env.OPENAI_BASE_URL ?? "").pathname).toBe(new URL(server.url).pathname);
    eco2 = await startHarness({ ...env, OPENAI_BASE_URL: server.url });
    const { result } = await scan(eco2.newUser().api);
    expect(result).toMatchObject({ status: "completed", error: null });
    expect(new Set(server.calls.map(({ body }) => body.model))).toEqual(
      new Set([env.DEFAULT_MODEL]),
    );
  },
  60_000,
);
