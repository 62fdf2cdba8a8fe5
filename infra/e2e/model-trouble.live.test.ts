import { afterEach, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { TASKS } from "#lib/queue/topology.ts";
import {
  type Call,
  type OpenAiServer,
  quotaReply,
  rateLimitReply,
  startOpenAiServer,
} from "#lib/testing/openai-server.ts";
import { petAnswer, petVision } from "#lib/testing/pet-bottle.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { choosePort } from "../services/port.ts";
import { type Harness, type Scan, scan, startHarness, uploadPhoto } from "./harness.ts";

const scans = 10;
/** More than the tries all scans have together, so that a counted refusal would fail some. */
const refusals = scans * (1 + TASKS["scan.vision"].retriesMax);

describe("when models are in trouble", () => {
  let eco2: Harness | undefined;
  let other: OpenAiServer | undefined;
  let healthPort: number;
  let metricsPort: number;
  afterEach(async () => {
    await eco2?.stop();
    await other?.stop();
    [eco2, other] = [undefined, undefined];
  });

  async function start(env: Record<string, string>): Promise<Harness> {
    healthPort = choosePort([]);
    // The worker's is the next one.
    metricsPort = choosePort([healthPort, healthPort - 1]);
    const ports = { HEALTH_PORT: String(healthPort), METRICS_PORT: String(metricsPort) };
    eco2 = await startHarness({ ...ports, ...env });
    return eco2;
  }
  const many = (harness: Harness) =>
    Promise.all(Array.from({ length: scans }, () => scan(harness.newUser().api)));
  const failures = (all: readonly Scan[]) =>
    all.filter(({ result }) => result.status !== "completed").map(({ result }) => result.error);
  const worker = async (path: string) => fetch(`http://127.0.0.1:${healthPort}${path}`);
  /** A metric by its name and labels as Prometheus reads them. */
  const metric = async (name: string) => {
    const lines = (await (await fetch(`http://127.0.0.1:${metricsPort + 1}/metrics`)).text()).split(
      "\n",
    );
    const line = lines.find((one) => one.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length));
  };

  test("a storm of 429 fails no scan and is paid for by none", async () => {
    const harness = await start({ SUPPORTED_GPT_MODELS: "gpt-5.2" });
    // Slow enough that the scans meet it together; one by one, they would politely ask once a second.
    const refusal = { ...rateLimitReply(1), delayMs: 300 };
    harness.model.next("vision", ...Array(refusals).fill(refusal));
    const all = await many(harness);
    expect(failures(all)).toEqual([]);
    expect(harness.model.counts).toEqual({ vision: refusals + scans, answer: scans });
    expect(await metric('eco2_model_breaker_state{model="gpt-5.2"}')).toBe(0);
    expect(
      await metric('eco2_model_calls_total{model="gpt-5.2",outcome="MODEL_RATE_LIMITED"}'),
    ).toBe(refusals);
    const reason = '{task="scan.vision",reason="MODEL_RATE_LIMITED"}';
    expect(await metric(`eco2_task_retries_total${reason}`)).toBeGreaterThanOrEqual(refusals);
  }, 60_000);

  test("a provider that is down for 3 s is hardly called, and everything completes after it", async () => {
    const harness = await start({ SUPPORTED_GPT_MODELS: "gpt-5.2" });
    harness.model.always("vision", { status: 503 });
    const all = many(harness);
    await until(async () => (await metric('eco2_model_breaker_state{model="gpt-5.2"}')) === 2);
    const isPaused = async () => (await metric('eco2_consumer_prefetch{task="scan.vision"}')) === 0;
    await until(isPaused);
    expect((await worker("/readyz")).status).toBe(200);
    await Bun.sleep(3_000);
    // Those in flight when it went down, and a probe or two.
    expect(harness.model.counts.vision).toBeLessThanOrEqual(scans + 2);
    harness.model.always("vision", petVision);
    expect(failures(await all)).toEqual([]);
    expect(harness.model.counts.answer).toBe(scans);
    expect(await metric('eco2_consumer_prefetch{task="scan.vision"}')).toBe(
      TASKS["scan.vision"].prefetch,
    );
  }, 60_000);

  test("a model without quota is called once; the next one replies and keeps its rate limit", async () => {
    const [broke, paid] = ["broke", "paid"].map((name) => `${name}-${crypto.randomUUID()}`);
    const script = ({ body, stage }: Call) =>
      body.model === broke
        ? quotaReply
        : { ...(stage === "vision" ? petVision : petAnswer), usage: [700, 300] as const };
    const server = startOpenAiServer({ script, callsMax: 1_000 });
    other = server;
    const harness = await start({
      OPENAI_BASE_URL: server.url,
      DEFAULT_MODEL: `${broke}`,
      SUPPORTED_GPT_MODELS: `${broke},${paid}`,
      MODEL_RPM: "1000",
      MODEL_TPM: "1000000",
    });
    const first = await scan(harness.newUser().api);
    const all = [first, ...(await many(harness))];
    expect(failures(all)).toEqual([]);
    expect(server.calls.filter(({ body }) => body.model === broke)).toHaveLength(1);
    for (const { events, result } of all) {
      expect(result.pipeline_result?.classification_result.meta.model).toBe(`${paid}`);
      const stamps = events.filter(({ seq }) => seq === 11 || seq === 31);
      expect(stamps.map((event) => event.result?.model)).toEqual([paid, paid]);
    }
    const redis = new Redis(serviceUrls.REDIS_URL);
    const sum = async (what: string) =>
      (await redis.hvals(`model:limit:${paid}:${what}`)).reduce((n, count) => n + Number(count), 0);
    await until(async () => (await sum("tokens")) === all.length * 2 * 1_000);
    expect(await sum("requests")).toBe(all.length * 2);
    redis.disconnect();
  }, 60_000);

  test.each([400, 500])(
    "one user's photos that the model refuses with %d delay nobody else",
    async (status) => {
      const script = ({ body }: Call) =>
        JSON.stringify(body).includes("undecodable") ? { status } : undefined;
      const server = startOpenAiServer({
        script,
        vision: petVision,
        answer: petAnswer,
        delaysMs: { vision: 300, answer: 300 },
      });
      other = server;
      const harness = await start({
        OPENAI_BASE_URL: server.url,
        SUPPORTED_GPT_MODELS: "gpt-5.2",
        SUBMITS_PER_MINUTE_PER_USER: "0",
      });
      const { api } = harness.newUser();
      const photo = await uploadPhoto(api);
      const poisoned = Array.from({ length: 150 }, () => api.submit(photo, "undecodable"));
      await until(() => server.counts.vision >= 10);
      // A model closed to all by them would let a scan of another user through in minutes, if at all.
      expect(failures(await many(harness))).toEqual([]);
      await Promise.all(poisoned);
    },
    60_000,
  );
});
