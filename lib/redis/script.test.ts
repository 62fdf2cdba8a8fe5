import { expect, test } from "bun:test";
import { Redis } from "ioredis";
import { script } from "./script.ts";

test("a script stands once a client, however many take it", () => {
  const redis = new Redis({ lazyConnect: true });
  script(redis, "answer", "return 1");
  const defined: unknown = Reflect.get(redis, "answer");
  script(redis, "answer", "return 1");
  expect(Reflect.get(redis, "answer")).toBe(defined);
  redis.disconnect();
});
