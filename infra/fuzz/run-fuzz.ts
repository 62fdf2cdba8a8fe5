import * as v from "valibot";
import { migrate } from "#lib/db/migrate.ts";
import { FAULTS } from "#lib/error/fault-table.ts";
import { jpegPhoto } from "#lib/testing/photos.ts";
import type { Backing } from "../chaos/backing.ts";
import { startCanaries } from "../chaos/canary.ts";
import { Lab } from "../chaos/lab.ts";
import { createRandom, type Random } from "../chaos/random.ts";
import { createApiClient } from "../harness/api-client.ts";
import { signIn } from "../harness/sign-in.ts";
import { type FuzzRequest, fuzzRequest, operationsOf } from "./fuzz-requests.ts";
import { forbiddenUrls } from "./fuzz-urls.ts";
import type { Known } from "./fuzz-values.ts";

const atOnce = 24;
const requestMs = 10_000;
const deadlineMs = 80_000;
/** What the operations are given where they want something that exists. */
const userId = "fuzz-user";
/** Refreshes and logouts among the requests end them one by one. */
const sessionsMax = 20;

export interface FuzzOptions {
  readonly backing: Backing;
  readonly requests: number;
  readonly seed: number;
  say(line: string): void;
}

/** @returns true when nothing gave way. */
export async function runFuzz({ backing, requests, seed, say }: FuzzOptions): Promise<boolean> {
  const random = createRandom(`fuzz/${seed}`);
  const canaries = await startCanaries();
  const lab = new Lab({ backing, random, seed, run: `fuzz-${seed}` });
  try {
    await migrate(backing.urls.DATABASE_URL);
    await lab.redis.flushall();
    lab.imageHosts = [canaries.redirector, ...canaries.names].join(",");
    await lab.start(1);
    const problems = new Problems();
    const urls = forbiddenUrls({ ...canaries, canary: canaries.port });
    const jobs = await tryUrls(lab.origin, urls, problems);
    const known = await makeKnown(lab.origin);
    const sent = await fuzz(lab.origin, { known, random, requests }, problems);
    await settle(lab, jobs);
    for (const hit of canaries.hits) problems.add(`a connection was made to ${hit}`, "SSRF");
    for (const exit of lab.exits) problems.add(exit, "process");
    const isAlive = (await fetch(`${lab.origin}/livez`)).ok;
    if (!isAlive) problems.add("the edge is not alive", "process");
    say(`${sent} requests and ${urls.length} addresses, seed ${seed}`);
    say(`answers: ${problems.statuses}`);
    say(problems.size === 0 ? "nothing gave way" : problems.text);
    return problems.size === 0;
  } finally {
    await lab.stop();
    canaries.stop();
  }
}

/** @returns the jobs of addresses that were let in: the worker has to refuse them. */
async function tryUrls(origin: string, urls: readonly string[], problems: Problems) {
  const jobs: string[] = [];
  for (const image_url of urls) {
    const request: FuzzRequest = {
      method: "POST",
      target: "/api/v1/scan",
      headers: { "content-type": "application/json", "x-user-id": userId },
      body: JSON.stringify({ image_url }),
    };
    const body = await send(origin, request, problems);
    const accepted = v.safeParse(v.object({ job_id: v.string() }), body);
    if (accepted.success) jobs.push(accepted.output.job_id);
  }
  return jobs;
}

/** A photo and a scan of the caller's own, so that not every request fails at the first look-up. */
async function makeKnown(origin: string): Promise<Known> {
  const api = createApiClient(origin, { "x-user-id": userId });
  const photo = await api.upload(await jpegPhoto(64, 48), "image/jpeg");
  const job = await api.submit(photo, "reward-1-fuzz");
  return {
    "x-user-id": [userId],
    channel: ["scan", "chat", "my"],
    job_id: [job.job_id, crypto.randomUUID()],
    image_url: [photo],
    model: ["gpt-5.2"],
    key: [photo.split("/").at(-1) ?? ""],
    user_input: ["reward-1-fuzz"],
    name: ["이코", "페티"],
    code: ["char-petty"],
    file: ["char-eco.svg"],
    provider: ["dev"],
    cookie: await Promise.all(
      Array.from(
        { length: sessionsMax },
        async (_, i) => (await signIn(origin, `fuzz-${i}`)).cookie,
      ),
    ),
  };
}

async function fuzz(
  origin: string,
  { known, random, requests }: { known: Known; random: Random; requests: number },
  problems: Problems,
): Promise<number> {
  const document: unknown = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
  const operations = operationsOf(document);
  const deadline = performance.now() + deadlineMs;
  let sent = 0;
  const one = async (): Promise<void> => {
    while (sent < requests && performance.now() < deadline) {
      const operation = operations[sent++ % operations.length];
      if (!operation) continue;
      // Who may delete their account is somebody else every time, or the known scan would be gone.
      const leaver = { "x-user-id": [`fuzz-leaver-${sent}`] };
      const given = operation.path === "/api/v1/users/me" ? { ...known, ...leaver } : known;
      await send(origin, fuzzRequest(operation, given, random), problems);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return sent;
}

/** @returns the body, parsed, of an answer that is JSON. */
async function send(origin: string, request: FuzzRequest, problems: Problems): Promise<unknown> {
  const { method, target, headers, body } = request;
  try {
    const response = await fetch(origin + target, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      signal: AbortSignal.timeout(requestMs),
    });
    problems.count(response.status);
    const type = response.headers.get("content-type") ?? "";
    if (type.startsWith("text/event-stream")) return void (await response.body?.cancel());
    const text = await response.text();
    const wrong = wrongAnswer(method, response.status, type, text);
    if (wrong) problems.add(`${wrong}: ${text.slice(0, 200)}`, describe(request));
    return type.includes("json") && text ? JSON.parse(text) : undefined;
  } catch (error) {
    problems.add(
      `no answer (${error instanceof Error ? error.message : error})`,
      describe(request),
    );
    return undefined;
  }
}

const Problem = v.object({
  status: v.number(),
  code: v.string(),
  title: v.string(),
  detail: v.string(),
});

function wrongAnswer(method: string, status: number, type: string, text: string) {
  if (status >= 500) return `answered ${status}`;
  if (status < 400 || method === "HEAD") return undefined;
  if (!type.startsWith("application/problem+json")) return `${status} is no problem document`;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Problem), text);
  if (!parsed.success) return `${status} has a broken problem document`;
  if (!Object.hasOwn(FAULTS, parsed.output.code)) return `unknown code ${parsed.output.code}`;
  return parsed.output.status === status ? undefined : `${status} says ${parsed.output.status}`;
}

/** Waits for the worker to be done with what was let in. */
async function settle(lab: Lab, jobs: readonly string[]): Promise<void> {
  const deadline = performance.now() + 20_000;
  const isOver = (job: string): boolean =>
    lab.reader.events.some(({ jobId, stage }) => jobId === job && stage === "done");
  while (performance.now() < deadline && !jobs.every(isOver)) {
    await lab.readEvents();
    await Bun.sleep(100);
  }
}

function describe({ method, target, headers, body }: FuzzRequest): string {
  const shown = typeof body === "string" ? body.slice(0, 200) : body && `${body.length} bytes`;
  return `${method} ${target.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)} ${shown ?? ""}`;
}

const shownMax = 20;

/** What gave way, the first of each kind in full. */
class Problems {
  readonly #found = new Map<string, { count: number; example: string }>();
  readonly #statuses = new Map<number, number>();

  add(problem: string, example: string): void {
    const known = this.#found.get(problem);
    this.#found.set(problem, {
      count: (known?.count ?? 0) + 1,
      example: known?.example ?? example,
    });
  }

  count(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  get size(): number {
    return this.#found.size;
  }

  get statuses(): string {
    const sorted = [...this.#statuses].sort(([a], [b]) => a - b);
    return sorted.map(([status, count]) => `${status} × ${count}`).join(", ");
  }

  get text(): string {
    return [...this.#found]
      .slice(0, shownMax)
      .map(([problem, { count, example }]) => `${count} × ${problem}\n    ${example}`)
      .join("\n");
  }
}
