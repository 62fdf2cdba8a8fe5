import { resolve } from "node:path";
import { type Typed, UsageError } from "#lib/cli/command-line.ts";
import { runCommand } from "#lib/cli/run-command.ts";
import { dataOf } from "#lib/client/calls.ts";
import { createClient } from "#lib/client/create-client.ts";
import { migrate } from "#lib/db/migrate.ts";
import { inspectSent } from "#lib/image/sent-photo.ts";
import type { Reward } from "#lib/scan/scan-result.ts";
import { until } from "#lib/testing/until.ts";
import { interruptible, unlessAborted } from "../harness/interruptible.ts";
import { localDefaults, startStack } from "../harness/stack.ts";
import { projectFolder } from "../services/ensure-services.ts";
import { demoChat } from "./demo-chat.ts";
import { withDemoServices } from "./demo-services.ts";
import { describeEvent, describeResult } from "./print-demo.ts";

/** The main job on a real photo, through the public API and nothing else. Stops what it started. */
const command = {
  name: "demo",
  usage: `usage: bun run demo [PHOTO] ["what the user asks"] [--json] [--open]
       bun run demo --chat "what the user asks" [--json]
  Scans a photo as a user would, through the public API, and shows what happens.
  PHOTO    a JPEG, PNG, WebP, HEIC or AVIF file; default a wine bottle
  --chat   asks in a chat instead, and shows the answer while it is written
  --json   everything as one JSON document on standard output
  --open   goes on serving afterwards, and opens the page in a browser; Ctrl-C ends it`,
  options: {
    json: { type: "boolean", default: false },
    chat: { type: "boolean", default: false },
    open: { type: "boolean", default: false },
  },
  argumentsMax: Number.POSITIVE_INFINITY,
} as const;
const samplePhoto = `${projectFolder}/infra/samples/wine-bottle.jpg`;
/** Always the same one, so that a second run finds what the first one earned. */
const userName = "demo";
/** A grant goes through a queue; the worker gathers them for 5 s at most. */
const grantMsMax = 8_000;

await runCommand(command, interruptible(demo));
process.exit();

async function demo(
  { values: { json, chat: isChat, open: isOpen }, positionals }: Typed<typeof command.options>,
  signal: AbortSignal,
): Promise<number> {
  if (isChat && positionals.length === 0) throw new UsageError("--chat needs a question");
  const [photoPath = samplePhoto, ...words] = isChat ? [samplePhoto, ...positionals] : positionals;
  const isDefault = positionals.length === 0;
  const userInput = words.join(" ") || (isDefault ? "다 마신 유리병이에요. 어떻게 버려요?" : "");
  const photo = await readPhoto(photoPath);
  return withDemoServices({ log: say, signal }, async (urls) => {
    await migrate(urls.DATABASE_URL);
    say("edge and worker: starting");
    const {
      PORT: _,
      HEALTH_PORT: __,
      METRICS_PORT: ___,
      PUBLIC_URL: ____,
      ...environment
    } = process.env;
    const env = { LOG_LEVEL: "warn", ...environment, ...localDefaults, ...urls };
    const stack = await startStack({ env, logs: 2, signal });
    try {
      const asked = isChat
        ? demoChat(stack.origin, userName, { message: userInput, json })
        : use(stack.origin, photo, { userInput, json });
      const code = await unlessAborted(signal, asked);
      if (isOpen) await unlessAborted(signal, servePage(stack.origin, stack.ended));
      return code;
    } finally {
      await stack.stop();
    }
  });
}

/** Leaves the page to the user until they end the demo. */
async function servePage(origin: string, ended: Promise<unknown>): Promise<void> {
  const url = `${origin}/api/v1/auth/dev/authorize?login_hint=${userName}&redirect=/`;
  const opener = ["xdg-open", "open"].map((name) => Bun.which(name)).find((path) => path !== null);
  if (opener) Bun.spawn([opener, url], { stdout: "ignore", stderr: "ignore" });
  say(`the page: ${origin}/ (sign in as ${userName}); Ctrl-C ends it`);
  await ended;
}

interface DemoRequest {
  readonly userInput: string;
  readonly json: boolean;
}

type Eco2 = ReturnType<typeof createClient>;

async function use(origin: string, photo: Photo, request: DemoRequest): Promise<number> {
  const eco2 = createClient({ baseUrl: origin });
  await eco2.signIn("dev", { loginHint: userName });
  say(`signed in: ${userName}`);
  const code = await scan(eco2, photo, request);
  await eco2.signOut();
  return code;
}

async function scan(eco2: Eco2, photo: Photo, { userInput, json }: DemoRequest): Promise<number> {
  const startedAt = performance.now();
  const imageUrl = await eco2.upload("scan", new Blob([photo.bytes], { type: photo.mime }));
  say(`photo uploaded: ${photo.path} (${Math.round(photo.bytes.byteLength / 1024)} kB)`);
  const submittedAt = performance.now();
  const job = await eco2.scan(imageUrl, userInput);
  say(`scan accepted: ${job.jobId}`);
  const stages: { stage: string; status: string; seq: number; ms: number }[] = [];
  for await (const event of job.events) {
    const ms = Math.round(performance.now() - submittedAt);
    stages.push({ stage: event.stage, status: event.status, seq: event.seq, ms });
    say(describeEvent(event, ms));
  }
  const result = await job.result();
  const ms = performance.now() - startedAt;
  const user = dataOf(await eco2.api.GET("/api/v1/users/me"));
  const collection = await readCollection(eco2, result.reward);
  if (json) {
    console.log(JSON.stringify({ job_id: job.jobId, stages, result, user, collection }));
  } else console.log(describeResult(result, collection, ms));
  return result.status === "completed" ? 0 : 1;
}

/** Waits for what was just earned: the result is there before the grant is written down. */
async function readCollection({ api }: Eco2, reward: Reward | null) {
  const read = async () => dataOf(await api.GET("/api/v1/users/me/characters")).characters;
  const isIn = async () => (await read()).some(({ code }) => code === reward?.character_code);
  const late = () => say("what was earned is not in the collection yet");
  if (reward?.received) await until(isIn, { timeoutMs: grantMsMax }).catch(late);
  return read();
}

interface Photo {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: string;
}

/** Looked at before anything is started: a wrong path should not take a minute to say so. */
async function readPhoto(path: string): Promise<Photo> {
  const file = Bun.file(resolve(path));
  if (!(await file.exists())) throw new Error(`no such photo: ${path}`);
  const bytes = await file.bytes();
  return { path, bytes, mime: inspectSent(bytes, true).mime };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
