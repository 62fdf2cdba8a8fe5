import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import type { Subprocess } from "bun";
import { type OpenAiServer, startOpenAiServer } from "#lib/testing/openai-server.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { purgeQueues, withChannel } from "#lib/testing/wipe.ts";
import { createApiClient } from "../harness/api-client.ts";
import { localDefaults } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { choosePort } from "../services/port.ts";
import { uploadPhoto } from "./harness.ts";

/** Longer than the 10 s after which a developer's commands kill what still works. */
const callMs = 12_000;

let model: OpenAiServer;
let command: Subprocess<"ignore", "ignore", "pipe">;
let origin: string;

/** `bun run start`, ready. */
beforeEach(async () => {
  model = startOpenAiServer({ vision: { ...petVision, delayMs: callMs }, answer: petAnswer });
  const port = choosePort([]);
  origin = `http://127.0.0.1:${port}`;
  command = Bun.spawn([process.execPath, "infra/dev/start.ts"], {
    cwd: projectFolder,
    env: {
      PATH: process.env.PATH,
      ...localDefaults,
      ...serviceUrls,
      LOG_LEVEL: "error",
      PORT: String(port),
      HEALTH_PORT: String(choosePort([port])),
      OPENAI_BASE_URL: model.url,
      VISION_CACHE_TTL: "0",
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  for await (const chunk of command.stderr) {
    if (new TextDecoder().decode(chunk).includes("answers on")) break;
  }
}, 60_000);

afterEach(async () => {
  command.kill("SIGKILL");
  await command.exited;
  await model.stop();
  await withChannel(serviceUrls.AMQP_URL, purgeQueues);
});

test("start, told to end, waits for the model calls in flight, as production does", async () => {
  const api = createApiClient(origin, { "x-user-id": `user-${crypto.randomUUID()}` });
  const call = model.arrival("vision");
  await api.submit(await uploadPhoto(api), "");
  await call;
  const startedAt = performance.now();
  command.kill("SIGTERM");
  expect(await command.exited).toBe(0);
  expect(performance.now() - startedAt).toBeGreaterThan(callMs / 2);
  expect([model.counts, model.aborts]).toEqual([
    { vision: 1, answer: 0 },
    { vision: 0, answer: 0 },
  ]);
}, 60_000);

test.skipIf(process.platform !== "linux")(
  "start ends with the exit code of a process that failed",
  async () => {
    const children = await readFile(`/proc/${command.pid}/task/${command.pid}/children`, "utf8");
    const commands = children
      .trim()
      .split(" ")
      .map(async (pid) => {
        const line = await readFile(`/proc/${pid}/cmdline`, "utf8");
        return line.includes("services/worker/main.ts") ? [Number(pid)] : [];
      });
    const [worker] = (await Promise.all(commands)).flat();
    process.kill(worker ?? 0, "SIGKILL");
    expect(await command.exited).toBe(137);
  },
  60_000,
);
