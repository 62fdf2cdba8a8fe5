import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import amqp, { type ChannelModel } from "amqplib";
import { TASK_NAMES } from "#lib/contract/task.ts";
import { avifPhoto } from "#lib/testing/avif-photos.ts";
import { heicPhoto } from "#lib/testing/heic-photos.ts";
import { serviceUrls } from "#lib/testing/services.ts";
import { until } from "#lib/testing/until.ts";
import { ensureServices, projectFolder, type Services } from "../services/ensure-services.ts";
import { scan, startHarness } from "./harness.ts";

describe("the eco2-operator binary, in an empty folder with nothing but the environment", () => {
  let folder: string;
  let binary: string;
  let services: Services;
  let urls: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "eco2-operator-"));
    binary = join(folder, "bin/eco2-operator");
    await mkdir(join(folder, "empty"));
    const build = [process.execPath, "infra/build.ts", "operator", "--outfile", binary];
    const child = Bun.spawn(build, { cwd: projectFolder, stdout: "ignore", stderr: "inherit" });
    expect(await child.exited).toBe(0);
    // A PostgreSQL of its own, which nobody has migrated.
    const { REDIS_URL, AMQP_URL } = serviceUrls;
    const env = { REDIS_URL, AMQP_URL };
    services = await ensureServices({ project: folder, env, log: () => undefined });
    urls = { ...services.urls };
  }, 60_000);
  afterAll(async () => {
    await services?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function operator(line: string, env = urls) {
    const child = Bun.spawn([binary, ...line.split(" ")], {
      cwd: join(folder, "empty"),
      env,
      stdout: "pipe",
      stderr: "pipe",
    });
    const texts = [child.stdout, child.stderr].map((one) => new Response(one).text());
    const [out = "", err = ""] = await Promise.all(texts);
    return { out, err, code: await child.exited };
  }

  test("migrates a fresh database, twice, and finds nothing left to apply", async () => {
    const { DATABASE_URL } = services.urls;
    expect(await operator("migrate", { DATABASE_URL })).toMatchObject({ code: 0, err: "" });
    expect(await operator("migrate", { DATABASE_URL })).toMatchObject({ code: 0, err: "" });
    const { out } = await operator("doctor --json");
    const checks: { name: string; state: string }[] = JSON.parse(out);
    expect(checks).toContainEqual(expect.objectContaining({ name: "migrations", state: "ok" }));
  }, 30_000);

  test("lists dead letters", async () => {
    const { out, code } = await operator("dlq list --json");
    expect(code).toBe(0);
    const counts: { task: string }[] = JSON.parse(out);
    expect(counts.map(({ task }) => task)).toEqual([...TASK_NAMES]);
  }, 30_000);

  test("makes keys without any environment", async () => {
    const { out, code } = await operator("keys new", {});
    expect([code, JSON.parse(out).keys]).toMatchObject([0, [{ kty: "RSA" }]]);
  }, 30_000);
});

describe("the eco2-worker binary", () => {
  let folder: string;
  let binary: string;
  let broker: ChannelModel;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "eco2-binary-"));
    binary = join(folder, "eco2-worker");
    const build = Bun.spawn([process.execPath, "infra/build.ts", "--outfile", binary], {
      cwd: projectFolder,
      stdout: "ignore",
      stderr: "inherit",
    });
    expect(await build.exited).toBe(0);
    broker = await amqp.connect(serviceUrls.AMQP_URL);
  }, 60_000);
  afterAll(async () => {
    await broker?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function consumedQueues(): Promise<string[]> {
    const channel = await broker.createChannel();
    const queues = await Promise.all(TASK_NAMES.map((name) => channel.checkQueue(name)));
    await channel.close();
    return queues.filter(({ consumerCount }) => consumerCount > 0).map(({ queue }) => queue);
  }

  test("runs every queue, and a scan from photo to answer", async () => {
    const eco2 = await startHarness({}, [binary]);
    try {
      expect(await consumedQueues()).toEqual([...TASK_NAMES]);
      const { result } = await scan(eco2.newUser().api);
      expect(result).toMatchObject({ status: "completed", reward: { name: "페티" } });
    } finally {
      await eco2.stop();
    }
    await until(async () => (await consumedQueues()).length === 0);
  }, 60_000);

  test("carries the local model in itself: no key, no node_modules, a real photo", async () => {
    const eco2 = await startHarness({ OPENAI_BASE_URL: "" }, ["env", "-C", folder, binary]);
    try {
      const api = eco2.newUser().api;
      const photo = Bun.file(`${projectFolder}/infra/samples/scissors.jpg`);
      const image = await api.upload(await photo.bytes(), "image/jpeg");
      const job = await api.submit(image, "");
      await api.follow(job.stream_url, () => undefined);
      const { pipeline_result, reward } = await api.result(job.result_url);
      expect(pipeline_result?.classification_result).toMatchObject({
        classification: { middle_category: "일반종량제폐기물", minor_category: "가위" },
        meta: { model: "local", estimate: true },
      });
      expect(reward).toBeNull();
    } finally {
      await eco2.stop();
    }
  }, 60_000);

  test.each([
    ["HEIC", "by the library beside it", heicPhoto],
    ["AVIF", "by the one within it", avifPhoto],
  ])(
    "decodes a %s at an address, %s",
    async (_name, _by, photo) => {
      const host = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: () => new Response(photo),
      });
      const IMAGE_HOSTS = host.url.origin;
      const eco2 = await startHarness({ IMAGE_HOSTS }, ["env", "-C", "/", binary]);
      try {
        const { api } = eco2.newUser();
        const job = await api.submit(`${IMAGE_HOSTS}/photo`, "");
        await api.follow(job.stream_url, () => undefined);
        expect(await api.result(job.result_url)).toMatchObject({ status: "completed" });
      } finally {
        await eco2.stop();
        await host.stop(true);
      }
    },
    60_000,
  );

  test("runs only the queues that --queues names", async () => {
    const narrow = ["scan.rule", "character.match"];
    const child = Bun.spawn([binary, "--queues", narrow.join(",")], {
      env: { ...serviceUrls, HEALTH_PORT: "0", METRICS_PORT: "0" },
      stdout: "ignore",
      stderr: "inherit",
    });
    try {
      const isRunning = async () => (await consumedQueues()).length === narrow.length;
      await until(isRunning, { timeoutMs: 30_000 });
      expect(await consumedQueues()).toEqual(narrow);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await child.exited).toBe(0);
  }, 60_000);
});
