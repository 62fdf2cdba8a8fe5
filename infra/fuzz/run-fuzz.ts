import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { forbiddenUrls } from "#lib/testing/forbidden-urls.ts";
import { startOpenAiServer } from "#lib/testing/openai-server.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import { createRandom, type Random } from "#lib/testing/random.ts";
import { wipe } from "#lib/testing/wipe.ts";
import { createApiClient } from "../harness/api-client.ts";
import { createChatReader } from "../harness/chat-reader.ts";
import { chaosFolder, type OwnServers } from "../harness/own-servers.ts";
import { signIn } from "../harness/sign-in.ts";
import { localDefaults, noLimits, startStack } from "../harness/stack.ts";
import { fuzzRequest, type OpenApi, operationsOf } from "./fuzz-request.ts";
import type { Known } from "./fuzz-values.ts";
import { createSender, type Sender } from "./send-request.ts";
import { startSsrfListeners } from "./ssrf-listeners.ts";

const concurrency = 24;
const fuzzMsMax = 80_000;
const settleMsMax = 20_000;
/** Kinds of problems that are printed. */
const shownMax = 20;
const userId = "fuzz-user";
/** Refreshes and logouts among the requests end these sessions one by one. */
const sessions = 20;

export interface FuzzOptions {
  readonly servers: Pick<OwnServers, "urls">;
  readonly requests: number;
  readonly seed: number;
  say(line: string): void;
}

/** On a migrated database. @returns true when no request and no address has found a problem. */
export async function runFuzz({ servers, requests, seed, say }: FuzzOptions): Promise<boolean> {
  await wipe(servers.urls);
  const model = startOpenAiServer({ callsMax: 0 });
  const listeners = startSsrfListeners();
  const imageHosts = [listeners.redirector, ...listeners.names].join(",");
  const environment = { OPENAI_BASE_URL: model.url, IMAGE_HOSTS: imageHosts };
  const stack = await start({ ...servers.urls, ...environment }, `fuzz-${seed}`);
  try {
    const sender = createSender(stack.origin);
    const { problems, statuses, report } = sender;
    void stack.ended.then(({ name, code }) => report(`${name} ended with ${code}`, "process"));
    const urls = forbiddenUrls(listeners);
    const streams = await submitAll(urls, sender);
    const known = await makeKnown(stack.origin);
    const random = createRandom(`fuzz/${seed}`);
    const sent = await sendMany(stack.origin, sender, { known, random, requests });
    await untilEnded(stack.origin, streams);
    for (const hit of listeners.hits) report(`a connection was made to ${hit}`, "SSRF");
    const { ok } = await fetch(`${stack.origin}/livez`);
    if (!ok) report("the edge is not alive", "process");
    say(`${sent} requests and ${urls.length} addresses, seed ${seed}`);
    const counts = [...statuses].sort(([a], [b]) => a - b);
    say(`responses: ${counts.map(([status, count]) => `${status} × ${count}`).join(", ")}`);
    const found = [...problems].slice(0, shownMax);
    for (const [problem, { count, example }] of found) say(`${count} × ${problem}\n    ${example}`);
    if (problems.size === 0) say("no problem found");
    return problems.size === 0;
  } finally {
    await stack.stop();
    await model.stop();
    listeners.stop();
  }
}

function start(env: Readonly<Record<string, string>>, run: string) {
  const logs = join(chaosFolder, "logs");
  mkdirSync(logs, { recursive: true });
  const own = {
    LOG_LEVEL: "warn",
    IMAGE_DIR: join(chaosFolder, "images"),
    // So that what only administrators reach is reached.
    ADMIN_USERS: userId,
    WEBHOOK_LOOPBACK: "refuse",
    ...noLimits,
  };
  const logFile = join(logs, `${run}.log`);
  return startStack({ env: { ...localDefaults, ...own, ...env }, logFile });
}

const Accepted = v.object({ stream_url: v.string() });

/** @returns the streams of those that were accepted: the worker has to refuse these. */
async function submitAll(urls: readonly string[], sender: Sender): Promise<string[]> {
  const headers = { "content-type": "application/json", "x-user-id": userId };
  const streams: string[] = [];
  for (const image_url of urls) {
    const body = JSON.stringify({ image_url });
    const response = await sender.send({ method: "POST", target: "/api/v1/scan", headers, body });
    const accepted = v.safeParse(Accepted, response);
    if (accepted.success) streams.push(accepted.output.stream_url);
  }
  return streams;
}

/** Waits until the worker has ended the scans that were accepted, or the time is up. */
async function untilEnded(origin: string, streams: readonly string[]): Promise<void> {
  const api = createApiClient(origin, { "x-user-id": userId });
  const followAll = async (): Promise<void> => {
    for (const stream of streams) await api.follow(stream, () => undefined).catch(() => undefined);
  };
  await Promise.race([followAll(), Bun.sleep(settleMsMax)]);
}

/** A photo, scans, a chat, places and sessions that exist, so that not every request fails at the first look-up. */
async function makeKnown(origin: string): Promise<Known> {
  const api = createApiClient(origin, { "x-user-id": userId });
  const photo = await api.upload(await jpegPhoto(64, 48), "image/jpeg");
  const completed = await api.submit(photo, "");
  await api.follow(completed.stream_url, () => undefined);
  const { job_id } = await api.submit(photo, "");
  const chat = createChatReader(origin, { "x-user-id": userId });
  const message = "페트병 라벨 떼야 하나요?";
  const answered = await chat.send({ message });
  await chat.follow(answered.job_id);
  const asked = await chat.send({ message });
  const names = Array.from({ length: sessions }, (_, i) => `fuzz-${i}`);
  return {
    "x-user-id": [userId],
    channel: ["scan", "chat", "my"],
    job_id: [completed.job_id, job_id, answered.job_id, asked.job_id, crypto.randomUUID()],
    chat_id: [answered.chat_id, asked.chat_id, crypto.randomUUID()],
    message: [message, "근처 수거함 어디 있어요?"],
    q: ["시청", "수거함"],
    lat: ["37.5663", "35.1796"],
    lon: ["126.9779", "129.0756"],
    // The first of the sample.
    id: ["1"],
    image_url: [photo],
    model: ["gpt-5.2"],
    key: [photo.split("/").at(-1) ?? ""],
    user_input: ["이거 뭐예요?"],
    name: ["이코", "페티"],
    code: ["char-petty"],
    file: ["char-eco.svg"],
    provider: ["dev"],
    cookie: await Promise.all(names.map(async (name) => (await signIn(origin, name)).cookie)),
  };
}

/** Every operation of the API in turn. @returns how many were sent in time. */
async function sendMany(
  origin: string,
  { send }: Sender,
  { known, random, requests }: { known: Known; random: Random; requests: number },
): Promise<number> {
  const document: OpenApi = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
  const operations = operationsOf(document);
  const deadline = performance.now() + fuzzMsMax;
  let sent = 0;
  const one = async (): Promise<void> => {
    while (sent < requests && performance.now() < deadline) {
      const operation = operations[sent++ % operations.length];
      if (!operation) continue;
      // A deleted account takes its scans along: those who may delete theirs are others each time.
      const leaver = { "x-user-id": [`fuzz-leaver-${sent}`] };
      const given = operation.path === "/api/v1/users/me" ? { ...known, ...leaver } : known;
      await send(fuzzRequest(operation, given, random));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return sent;
}
