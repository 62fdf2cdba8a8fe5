import { afterAll, beforeAll, expect, test } from "bun:test";
import { patternPhoto, pngPhoto } from "#lib/testing/photos.ts";
import type { ApiClient } from "../harness/api-client.ts";
import { choosePort } from "../services/port.ts";
import { type Harness, startHarness } from "./harness.ts";

/**
 * A photo that nothing can decode, small enough to go to a model as it is. A hosted model answers 400 to it: for
 * five of those its breaker would open, and the scans of everybody else wait.
 */
const brokenPhoto = pngPhoto(64, 48);
brokenPhoto.fill(0, Buffer.from(brokenPhoto).indexOf("IDAT") + 8, -16);

/** Of edge; the next one is the worker's. */
const metricsPort = choosePort([]);
let eco2: Harness;
let host: Bun.Server<undefined>;

beforeAll(async () => {
  host = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(brokenPhoto) });
  eco2 = await startHarness({
    METRICS_PORT: String(metricsPort),
    IMAGE_HOSTS: host.url.origin,
    SUPPORTED_GPT_MODELS: "gpt-5.2,gpt-5.1",
  });
}, 60_000);
afterAll(async () => {
  await eco2?.stop();
  await host?.stop(true);
});

async function outcomeOf(api: ApiClient, url: string): Promise<string> {
  const job = await api.submit(url, "");
  await api.follow(job.stream_url, () => undefined);
  const { status, error } = await api.result(job.result_url);
  return error?.code ?? status;
}

test("a broken photo ends its own scan, and asks no model", async () => {
  eco2.model.reset();
  const { api } = eco2.newUser();
  const broken = Array.from({ length: 8 }, () => outcomeOf(api, `${host.url.origin}/photo.png`));
  expect(new Set(await Promise.all(broken))).toEqual(new Set(["IMAGE_CORRUPT"]));
  expect(eco2.model.counts).toEqual({ vision: 0, answer: 0 });

  const others = Array.from({ length: 5 }, async (_, seed) => {
    const { api } = eco2.newUser();
    return outcomeOf(api, await api.upload(await patternPhoto(seed), "image/png"));
  });
  expect(new Set(await Promise.all(others))).toEqual(new Set(["completed"]));
  expect(eco2.model.counts).toEqual({ vision: 5, answer: 5 });

  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort + 1}/metrics`)).text();
  const lines = metrics.split("\n");
  const states = lines.filter((line) => line.startsWith("eco2_model_breaker_state{"));
  expect(new Set(states.map((line) => line.split(" ").at(-1)))).toEqual(new Set(["0"]));
  const calls = lines.filter((line) => line.startsWith("eco2_model_calls_total{"));
  expect(calls).toEqual(['eco2_model_calls_total{model="gpt-5.2",outcome="ok"} 10']);
}, 60_000);

test("the callback refuses it, and leaves nothing to scan", async () => {
  const { api } = eco2.newUser();
  await expect(api.upload(brokenPhoto, "image/png")).rejects.toThrow("IMAGE_CORRUPT");
});
