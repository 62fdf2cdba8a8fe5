import { expect, test } from "bun:test";
import { partUrls } from "./ensure-services.ts";
import { SERVICE_NAMES } from "./service.ts";
import { maskUrl, PARTS, partUrl, shellExport } from "./url.ts";

const urls = {
  DATABASE_URL: "postgres://eco2:secret@127.0.0.1:1/eco2",
  REDIS_URL: "redis://:secret@127.0.0.1:2/0",
  AMQP_URL: "amqp://eco2:secret@127.0.0.1:3/eco2",
};

test("tests get their own database, Redis database and vhost on the same servers", () => {
  expect(partUrl("test", "postgres", urls.DATABASE_URL)).toBe(
    "postgres://eco2:secret@127.0.0.1:1/eco2_test",
  );
  expect(partUrl("test", "redis", urls.REDIS_URL)).toBe("redis://:secret@127.0.0.1:2/1");
  expect(partUrl("test", "rabbitmq", urls.AMQP_URL)).toBe(
    "amqp://eco2:secret@127.0.0.1:3/eco2-test",
  );
});

test("no two parts share anything", () => {
  for (const name of SERVICE_NAMES) {
    const all = Object.values(PARTS).map((part) => part[name]);
    expect(new Set(all).size).toBe(all.length);
  }
});

test("parameters of a URL survive the swap", () => {
  expect(partUrl("test", "postgres", "postgres://h/eco2?sslmode=require")).toBe(
    "postgres://h/eco2_test?sslmode=require",
  );
});

test("what the environment has given is used as it is", () => {
  const sources = { postgres: "environment", redis: "private", rabbitmq: "compose" } as const;
  const swapped = partUrls("test", { urls, sources });
  expect(swapped.DATABASE_URL).toBe(urls.DATABASE_URL);
  expect(swapped.REDIS_URL).toEndWith("/1");
  expect(swapped.AMQP_URL).toEndWith("/eco2-test");
});

test("no password is shown, wherever the URL carries it", () => {
  expect(maskUrl(urls.DATABASE_URL)).toBe("postgres://eco2:***@127.0.0.1:1/eco2");
  expect(maskUrl("redis://h/0?password=secret")).not.toContain("secret");
  expect(maskUrl("eco2:secret@h")).not.toContain("secret");
  expect(maskUrl("secret")).not.toContain("secret");
});

test("a shell reads back exactly the value, quotes included", () => {
  const value = "amqp://a:'\"$(x)`\\@h/v";
  const script = `${shellExport("AMQP_URL", value)}; printf %s "$AMQP_URL"`;
  expect(Bun.spawnSync(["sh", "-c", script]).stdout.toString()).toBe(value);
});
