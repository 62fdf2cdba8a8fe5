import { describe, expect, test } from "bun:test";
import { DrizzleQueryError } from "drizzle-orm";
import { Fault } from "#lib/error/fault.ts";
import { cpuMs } from "#lib/testing/cpu-ms.ts";
import { createLogger, type LogFields, type LogLevel } from "./logger.ts";

function logged(message: string, fields?: LogFields): { line: string; entry: LogFields } {
  const lines: string[] = [];
  createLogger("test", "debug", (line) => lines.push(line)).info(message, fields);
  expect(lines).toHaveLength(1);
  const [line = ""] = lines;
  return { line, entry: JSON.parse(line) };
}

describe("a log entry", () => {
  test("is one line of JSON with time, level, logger and message first, then its fields", () => {
    const { line, entry } = logged("two\nlines", { task_id: "t", duration_ms: 3 });
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(Object.keys(entry)).toEqual([
      ...["timestamp", "level", "logger", "message"],
      ...["task_id", "duration_ms"],
    ]);
    expect(entry).toMatchObject({ level: "info", logger: "test", message: "two\nlines" });
    expect(Date.parse(String(entry.timestamp))).toBeGreaterThan(Date.now() - 60_000);
  });

  test("keeps its own level and message when a field has the same name", () => {
    const { entry } = logged("said", { message: "other", level: "none", timestamp: "never" });
    expect(entry).toMatchObject({ message: "said", level: "info" });
    expect(entry.timestamp).not.toBe("never");
  });

  test.each<[LogLevel, string[]]>([
    ["debug", ["debug", "access", "info", "warn", "error"]],
    ["access", ["access", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ])("at level %s is written for %j only", (level, expected) => {
    const lines: string[] = [];
    const log = createLogger("test", level, (line) => lines.push(line));
    log.debug("");
    log.access("");
    log.info("");
    log.warn("");
    log.error("");
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  test("carries an error with its causes, their codes and the errors it aggregates", () => {
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
    const both = new AggregateError([refused, new Error("second")], "all failed");
    const { entry } = logged("m", { error: new Fault("INTERNAL", { cause: both }) });
    expect(entry.error).toMatchObject({
      name: "Fault",
      code: "INTERNAL",
      stack: expect.stringContaining("logger.test.ts"),
      cause: { message: "all failed", errors: [{ code: "ECONNREFUSED" }, { message: "second" }] },
    });
  });

  test("of a fault that is nobody's defect has its code and its reason, and no stack", () => {
    const cause = new DrizzleQueryError("select 1", ["user-1"], new Error("read ECONNRESET"));
    const { entry } = logged("m", { error: new Fault("UNAVAILABLE", { cause }) });
    expect(entry.error).toEqual({ code: "UNAVAILABLE", reason: "read ECONNRESET" });
    expect(logged("m", { error: new Fault("OVERLOADED") }).entry.error).toEqual({
      code: "OVERLOADED",
    });
  });

  test("of a fault with a defect behind it has the stack of the defect", () => {
    const { entry } = logged("m", {
      error: new Fault("UNAVAILABLE", { cause: new TypeError("x") }),
    });
    expect(entry.error).toMatchObject({
      cause: { name: "TypeError", stack: expect.stringContaining("logger.test.ts") },
    });
  });

  test("of a statement that failed has no value of it, wherever the error keeps them", () => {
    const statement = "update accounts set nickname = $1 where id = $2";
    const error = new DrizzleQueryError(statement, ["nickname-1", "user-1"], new Error("no such"));
    for (const thrown of [error, new Fault("INTERNAL", { cause: error })]) {
      const { line } = logged("m", { error: thrown });
      expect(line).toContain(statement);
      expect(line).toContain("logger.test.ts");
      expect(line).not.toContain("nickname-1");
      expect(line).not.toContain("user-1");
    }
  });

  test("carries a cause that is no Error, and stops at causes that never end", () => {
    const odd = new Fault("INTERNAL", { cause: { status: 418 } });
    expect(logged("m", { error: odd }).entry.error).toMatchObject({ cause: { status: 418 } });
    const endless = new Error("endless");
    endless.cause = endless;
    const { line, entry } = logged("m", { error: endless });
    expect(entry.error).toMatchObject({ message: "endless", cause: { message: "endless" } });
    expect(line.length).toBeLessThan(20_000);
  });

  test("is written without its fields when they are no JSON: logging never throws", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const failing = Object.defineProperty({}, "x", {
      enumerable: true,
      get: () => {
        throw new Error("getter");
      },
    });
    for (const fields of [cycle, failing]) {
      expect(logged("still said", fields).entry).toMatchObject({ message: "still said" });
    }
    expect(logged("m", { id: 12n }).entry).toMatchObject({ id: "12" });
  });

  test("is bounded, whatever a driver quotes in its message", () => {
    const error = new Error("x".repeat(1_000_000));
    expect(logged("m", { error }).line.length).toBeLessThan(20_000);
  });
});

/** Stands for whatever must not be read in a log. */
const secret = "hunter2hunter2hunter2";
/** As long as the shortest private member of any key we have, and more. */
const jwkMember = `${secret}-${secret}_${secret}`;

describe("no secret survives", () => {
  test.each([
    [`postgres://eco2:${secret}@db.internal:5432/eco2`],
    [`redis://:${secret}@127.0.0.1:6379/0`],
    [`amqps://eco2:${secret}@mq/eco2`],
    [`postgres://eco2:a@${secret}@db/eco2`],
    [`postgres://eco2:a"${secret}@db/eco2`],
    [`postgres://eco2:a/${secret}@db/eco2`],
    [`postgres://db/eco2?user=x&password=${secret}`],
    [`https://cdn/a.jpg?expires=1&signature=${secret}&x=1`],
    [`https://s3/a.jpg?X-Amz-Signature=${secret}&X-Amz-Credential=${secret}`],
    [`https://api/models?key=${secret}`],
    [`Authorization: Bearer ${secret}`],
    [`sent basic ${secret}`],
    [`Incorrect API key provided: sk-proj-${secret}`],
    [`no such user AIza${secret}`],
    [`eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`],
    [`{"api_key":"${secret}","a":1}`],
    [`host=db password=${secret} user=eco2`],
    [`Cookie: theme=dark; s_access=${secret}; s_refresh=${secret}`],
    [`s_state=${secret}; Path=/api/v1/auth; HttpOnly; Secure`],
    [`https://eco2.example/api/v1/auth/google/callback?code=${secret}&state=${secret}&x=1`],
    [`code=${secret}&grant_type=authorization_code&code_verifier=${secret}`],
    [`client_id=eco2&client_secret=${secret}`],
    [`{"access_token":"${secret}","id_token":"${secret}","expires_in":1}`],
    [`{"refresh_token":"${secret}"}`],
    [`https://app.example/#access_token=${secret}`],
    [`eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIx${secret}.`],
    [`eyJhbGciOiJSUzI1NiJ9.${secret}`],
    [`AUTH_KEYS={"keys":[{"kty":"RSA","d":"${jwkMember}","p":"${jwkMember}"}]}`],
    [JSON.stringify(`{"client_secret":"${secret}","d":"${jwkMember}"}`)],
    [`{ kty: 'RSA', dp: '${jwkMember}', dq: '${jwkMember}', qi: '${jwkMember}' }`],
  ])("in a text: %s", (text) => {
    const everywhere = {
      text,
      nested: { list: [text] },
      error: new Error(text, { cause: new Error(text, { cause: text }) }),
      many: new AggregateError([new Error(text)]),
      url: URL.parse(text),
    };
    const { line } = logged(text, everywhere);
    expect(line).not.toContain(secret);
    expect(line.match(/\*\*\*/g)?.length).toBeGreaterThan(5);
  });

  test.each([
    ...["password", "passwd", "UPLOAD_SECRET", "accessToken", "authorization", "set-cookie"],
    ...["api_key", "apiKey", "x-api-key", "signature", "S3_CREDENTIALS", "OPENAI_API_KEY"],
    ...["AUTH_KEYS", "authKeys", "codeVerifier", "code_verifier", "GOOGLE_CLIENT_SECRET"],
  ])("under the name %s, as a text, a list or an object", (name) => {
    const { line } = logged("m", {
      [name]: secret,
      deep: [{ [name]: [secret] }, { [name]: { value: secret } }],
      headers: new Headers({ [name]: secret }),
      error: new Error("m", { cause: { [name]: secret } }),
    });
    expect(line).not.toContain(secret);
  });

  test("in what a sign-in passes on, and in a private key", () => {
    const query = new URLSearchParams({ code: secret, state: secret, nonce: secret });
    const attempt = { state: secret, codeVerifier: secret, redirectUri: "https://eco2.example/" };
    const key = { kty: "RSA", kid: "k", n: "public", d: secret, p: secret, q: secret, dp: secret };
    const error = new Error("m", { cause: query });
    const { line } = logged("m", {
      query,
      attempt,
      key: { ...key, dq: secret, qi: secret },
      error,
    });
    expect(line).not.toContain(secret);
    expect(line).toContain("https://eco2.example/");
  });

  test("while what says where something is stays readable", () => {
    const { entry } = logged("m", {
      url: `postgres://eco2:${secret}@db.internal:5432/eco2`,
      plain: "http://127.0.0.1:8080/api/v1/scan?cursor=1",
      max_tokens: 512,
      code: "UPLOAD_SIGNATURE_INVALID",
      cause: { code: "ECONNREFUSED", state: "half-open" },
      denied: "/callback?error=access_denied&error_code=KOE320",
      session: "sid:0190b2a0-0000-7000-8000-000000000001",
    });
    expect(entry).toMatchObject({
      code: "UPLOAD_SIGNATURE_INVALID",
      cause: { code: "ECONNREFUSED", state: "half-open" },
      denied: "/callback?error=access_denied&error_code=KOE320",
      session: "sid:0190b2a0-0000-7000-8000-000000000001",
      url: "postgres://eco2:***@db.internal:5432/eco2",
      plain: "http://127.0.0.1:8080/api/v1/scan?cursor=1",
      max_tokens: 512,
    });
  });

  test("and masking stays fast on a hostile text", () => {
    const write = () => {
      logged("m", { text: "aa://b:".repeat(10_000), other: "password ".repeat(10_000) });
      for (const part of [
        "&code",
        "s_access=",
        "d:d:",
        "eyJeyJeyJey",
        "eyJeyJeyJey.",
        "id_token",
        "?a.-",
        "-eyJaaaaaaaa",
        "&d=a.",
      ])
        logged("m", { text: part.repeat(100_000) });
    };
    expect(cpuMs(write)).toBeLessThan(500);
  });
});
