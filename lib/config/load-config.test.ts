import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { ConfigError, loadConfig } from "./load-config.ts";
import { settings } from "./settings.ts";

const { DATABASE_URL, REDIS_URL, PORT, LOG_LEVEL, IMAGE_HOSTS } = settings;
const Config = v.object({ DATABASE_URL, REDIS_URL, PORT, LOG_LEVEL, IMAGE_HOSTS });
const right = { DATABASE_URL: "postgres://eco2@db/eco2", REDIS_URL: "redis://redis:6379" };

function refusal(
  schema: v.GenericSchema<unknown, unknown>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  try {
    loadConfig(schema, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    // What is printed is the message; nothing else may hold the values either.
    expect(error).not.toHaveProperty("cause");
    return String(error);
  }
  throw new Error("the configuration was accepted");
}

describe("loadConfig", () => {
  test("takes the defaults for what is not set, and ignores what it does not know", () => {
    expect(loadConfig(Config, { ...right, HOME: "/" })).toEqual({
      ...right,
      PORT: 8080,
      LOG_LEVEL: "info",
      IMAGE_HOSTS: [],
    });
  });

  test.each([[""], ["  "], ["\t\n"], [undefined]])("counts %j as absent", (empty) => {
    expect(loadConfig(Config, { ...right, PORT: empty }).PORT).toBe(8080);
    expect(refusal(Config, { ...right, REDIS_URL: empty })).toContain(
      "REDIS_URL: is required but not set",
    );
  });

  test("names every problem at once, each with its variable on a line of its own", () => {
    const message = refusal(Config, { REDIS_URL: "http://x", PORT: "99999", LOG_LEVEL: "loud" });
    const [head, ...lines] = message.split("\n");
    expect(head).toBe("ConfigError: The configuration is not usable:");
    expect(lines).toEqual([
      "  DATABASE_URL: is required but not set",
      "  REDIS_URL: must be a URL starting with redis:// or rediss://",
      "  PORT: must be at most 65535",
      '  LOG_LEVEL: must be ("debug" | "access" | "info" | "warn" | "error")',
    ]);
  });

  test("never repeats a value, whatever kind of rule it breaks", () => {
    const secret = "hunter2hunter2";
    const Everything = v.object({
      DATABASE_URL,
      REDIS_URL,
      PORT,
      LOG_LEVEL,
      REGEX: v.pipe(v.string(), v.regex(/^\d+$/)),
      LONG: v.pipe(v.string(), v.minLength(32)),
      CHECK: v.pipe(
        v.string(),
        v.check(() => false),
      ),
      UUID: v.pipe(v.string(), v.uuid()),
      LITERAL: v.literal("yes"),
      NUMBER: v.number(),
    });
    const env = {
      DATABASE_URL: `mysql://eco2:${secret}@db/eco2`,
      REDIS_URL: `redis://:${secret}@[bad:6379`,
      ...Object.fromEntries(
        ["PORT", "LOG_LEVEL", "REGEX", "LONG", "CHECK", "UUID", "LITERAL", "NUMBER"].map((name) => [
          name,
          secret,
        ]),
      ),
    };
    const message = refusal(Everything, env);
    expect(message).not.toContain(secret);
    for (const name of Object.keys(env)) expect(message).toContain(`\n  ${name}: `);
    expect(message).not.toContain("null");
  });
});
