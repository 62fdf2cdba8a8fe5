import { describe, expect, test } from "bun:test";
import { loadConfig } from "#lib/config/load-config.ts";
import { AuthConfig, credentialsOf, needsSecureCookies } from "./config.ts";

const services = {
  DATABASE_URL: "postgres://h/d",
  REDIS_URL: "redis://h",
  AMQP_URL: "amqp://h/v",
};
const google = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "a secret" };
const publicKey = { kty: "RSA", kid: "k", n: "A".repeat(342), e: "AQAB" };
const AUTH_KEYS = JSON.stringify({ keys: [{ ...publicKey, d: "A" }] });
const PUBLIC_URL = "https://eco2.example";
const oauth = { ...services, ...google, AUTH_MODE: "oauth", AUTH_KEYS, PUBLIC_URL };

function problems(env: Readonly<Record<string, string>>): string[] {
  try {
    loadConfig(AuthConfig, env);
    return [];
  } catch (error) {
    return String(error).split("\n  ").slice(1);
  }
}

describe("the configuration of sign-ins", () => {
  test("needs nothing in AUTH_MODE=dev, and limits by default", () => {
    expect(loadConfig(AuthConfig, services)).toMatchObject({
      AUTH_MODE: "dev",
      SIGN_INS_PER_MINUTE_PER_IP: 100,
      SIGN_INS_PER_MINUTE_PER_USER: 20,
      TRUSTED_PROXY_HOPS: 0,
    });
  });

  test("refuses AUTH_MODE=dev in production", () => {
    expect(problems({ ...services, NODE_ENV: "production" })).toEqual([
      expect.stringContaining("AUTH_MODE: `dev` lets everybody in"),
    ]);
    expect(problems({ ...oauth, NODE_ENV: "production" })).toEqual([]);
  });

  test("is complete with keys, a public https origin and one provider", () => {
    expect(problems(oauth)).toEqual([]);
    for (const PUBLIC_URL of ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"]) {
      expect(problems({ ...oauth, PUBLIC_URL })).toEqual([]);
    }
  });

  test.each(["GOOGLE", "KAKAO", "NAVER"])(
    "needs both id and secret of %s, or neither",
    (provider) => {
      const [id, secret] = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`];
      expect(problems({ ...services, [id]: "x" })).toEqual([`${secret}: is required with ${id}`]);
      expect(problems({ ...services, [secret]: "x" })).toEqual([
        `${id}: is required with ${secret}`,
      ]);
      expect(problems({ ...services, [id]: "x", [secret]: "y" })).toEqual([]);
    },
  );

  test("reports all that AUTH_MODE=oauth lacks at once", () => {
    expect(problems({ ...services, AUTH_MODE: "oauth" }).map((line) => line.split(":")[0])).toEqual(
      ["AUTH_KEYS", "AUTH_MODE", "PUBLIC_URL"],
    );
  });

  test.each(["production", "Production", "production\r", " production "])(
    "refuses AUTH_MODE=dev where NODE_ENV is %j",
    (NODE_ENV) => {
      const refused = "AUTH_MODE: `dev` lets everybody in as anybody; NODE_ENV is production";
      expect(problems({ ...services, NODE_ENV })).toEqual([refused]);
      expect(problems({ ...oauth, NODE_ENV })).toEqual([]);
    },
  );

  test.each([
    "http://eco2.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
  ])("refuses %s as the origin of cookies", (PUBLIC_URL) => {
    expect(problems({ ...oauth, PUBLIC_URL })).toEqual([
      "PUBLIC_URL: is required by AUTH_MODE=oauth: https, or http on loopback",
    ]);
  });

  test("has a key to sign with, in either mode", () => {
    const AUTH_KEYS = JSON.stringify({ keys: [publicKey] });
    for (const env of [oauth, services]) {
      expect(problems({ ...env, AUTH_KEYS })).toEqual(["AUTH_KEYS: must begin with a private key"]);
    }
  });

  test("never repeats a secret", () => {
    const broken = { ...oauth, GOOGLE_CLIENT_ID: "", KAKAO_CLIENT_SECRET: "hunter2", PORT: "x" };
    expect(problems(broken).length).toBeGreaterThan(2);
    expect(problems(broken).join()).not.toMatch(/hunter2|a secret/);
  });

  test("has cookies that travel over https alone, except on plain loopback outside production", () => {
    const isSecure = (env: Record<string, string>) =>
      needsSecureCookies(loadConfig(AuthConfig, { ...services, ...env }));
    const loopback = { PUBLIC_URL: "http://localhost:8080" };
    expect([isSecure({}), isSecure(loopback)]).toEqual([false, false]);
    expect(isSecure({ ...oauth, ...loopback })).toBe(false);
    expect(isSecure({ ...oauth, ...loopback, NODE_ENV: "production" })).toBe(true);
    expect(isSecure(oauth)).toBe(true);
    for (const PUBLIC_URL of [
      "https://localhost:8443",
      "http://192.168.0.7:8080",
      "http://localhost.evil.example",
    ]) {
      expect([PUBLIC_URL, isSecure({ PUBLIC_URL })]).toEqual([PUBLIC_URL, true]);
    }
  });

  test("gives each provider its own pair", () => {
    const config = { ...google, KAKAO_CLIENT_ID: "k", KAKAO_CLIENT_SECRET: "ks" };
    expect(credentialsOf(config)).toEqual([
      { provider: "google", clientId: "id", clientSecret: "a secret" },
      { provider: "kakao", clientId: "k", clientSecret: "ks" },
      { provider: "naver", clientId: undefined, clientSecret: undefined },
    ]);
  });
});
