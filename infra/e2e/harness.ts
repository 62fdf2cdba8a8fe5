import type { TaskName } from "#lib/contract/task.ts";
import { migrate } from "#lib/db/migrate.ts";
import type { ScanEvent } from "#lib/scan/scan-event.ts";
import type { ScanResult } from "#lib/scan/scan-result.ts";
import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { type ApiClient, createApiClient, type Submitted } from "../harness/api-client.ts";
import { type AppProcess, startApp } from "../harness/app-process.ts";
import { localDefaults, startStack } from "../harness/stack.ts";

export type Harness = Awaited<ReturnType<typeof startHarness>>;

/** Edge and worker as real processes on real services, with a fake model server. */
export async function startHarness(env: Record<string, string> = {}, worker?: readonly string[]) {
  await migrate(serviceUrls.DATABASE_URL);
  const model = startOpenAiServer({ vision: petVision, answer: petAnswer });
  const full = {
    PATH: process.env.PATH,
    LOG_LEVEL: "error",
    OPENAI_BASE_URL: model.url,
    // Tests send the same photo again and again and count the calls of each.
    VISION_CACHE_TTL: "0",
    ...localDefaults,
    ...serviceUrls,
    ...env,
  };
  const stack = await startStack({ env: full, worker });
  const more: AppProcess[] = [];
  return {
    origin: stack.origin,
    model,
    /** A new user, and a client that acts for them. */
    newUser: () => {
      const id = `user-${crypto.randomUUID()}`;
      return { id, api: createApiClient(stack.origin, { "x-user-id": id }) };
    },
    /** One more worker, for some queues; killed at the end if it still runs. */
    startWorker: (queues: readonly TaskName[]): AppProcess => {
      const env = { ...full, PORT: new URL(stack.origin).port };
      const worker = startApp({ main: "worker", command: workerCommand(queues), env });
      more.push(worker);
      return worker;
    },
    stop: async () => {
      await Promise.all(more.map((one) => one.end("SIGKILL")));
      await stack.stop();
      await model.stop();
    },
  };
}

/** The command of a worker that consumes only these queues. */
export function workerCommand(queues: readonly TaskName[]): string[] {
  return [process.execPath, "services/worker/main.ts", "--queues", queues.join(",")];
}

export interface Scan extends Submitted {
  readonly events: readonly ScanEvent[];
  readonly result: ScanResult;
}

/** What a client does: upload, submit, follow to the end, read the result. */
export async function scan(api: ApiClient, userInput = ""): Promise<Scan> {
  const job = await api.submit(await uploadPhoto(api), userInput);
  const events: ScanEvent[] = [];
  await api.follow(job.stream_url, (event) => events.push(event));
  return { ...job, events, result: await api.result(job.result_url) };
}

export async function uploadPhoto(api: ApiClient): Promise<string> {
  return api.upload(await jpegPhoto(64, 48), "image/jpeg");
}
