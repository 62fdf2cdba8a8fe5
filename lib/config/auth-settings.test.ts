import { expect, test } from "bun:test";
import * as v from "valibot";
import { gatekeeperRules, standaloneRules, standaloneSettings } from "./auth-settings.ts";
import { loadConfig } from "./load-config.ts";

const Alone = v.pipe(v.object({ ...standaloneSettings }), standaloneRules());
const Gatekeeper = v.pipe(v.object({ ...standaloneSettings }), gatekeeperRules());
const secret = { INTERNAL_SECRET: "0123456789abcdef0123456789abcdef" };

test.each([{}, { NODE_ENV: "development" }, { NODE_ENV: "test", AUTH_MODE: "dev" }])(
  "a service alone needs no proof of the gatekeeper in development: %j",
  (env) => expect(loadConfig(Alone, env)).toMatchObject({ AUTH_MODE: "dev" }),
);

test.each([
  { NODE_ENV: "production" },
  { NODE_ENV: " Production\r" },
  { NODE_ENV: "production", AUTH_MODE: "dev" },
  { AUTH_MODE: "oauth" },
  { NODE_ENV: "production", INTERNAL_SECRET: " " },
])("a service alone does not start without INTERNAL_SECRET: %j", (env) => {
  expect(() => loadConfig(Alone, env)).toThrow("  INTERNAL_SECRET: is required in production");
  expect(loadConfig(Alone, { ...env, ...secret })).toMatchObject(secret);
});

test("the gatekeeper needs it in production", () => {
  expect(() => loadConfig(Gatekeeper, { NODE_ENV: "production" })).toThrow("INTERNAL_SECRET");
  expect(loadConfig(Gatekeeper, { AUTH_MODE: "oauth" }).INTERNAL_SECRET).toBeUndefined();
});

test("a secret that could be guessed is refused and not repeated", () => {
  const short = "only-31-characters-are-in-here-";
  const message = "INTERNAL_SECRET: must have at least 32 characters";
  expect(() => loadConfig(Alone, { INTERNAL_SECRET: short })).toThrow(message);
  expect(() => loadConfig(Alone, { INTERNAL_SECRET: short })).not.toThrow(short);
});
