import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { loadConfig } from "./load-config.ts";
import { allowedImageHosts, publicOrigin } from "./public-url.ts";
import { settings } from "./settings.ts";

const isAccepted = (name: keyof typeof settings, value: string): boolean =>
  v.safeParse(settings[name], value).success;

describe("settings", () => {
  test("none has a secret as its default, and each is described for the README", () => {
    for (const [name, schema] of Object.entries(settings)) {
      const described = "wrapped" in schema ? schema.wrapped : schema;
      expect([name, v.getDescription(described)]).toEqual([name, expect.any(String)]);
    }
    expect(v.safeParse(settings.DATABASE_URL, undefined).success).toBe(false);
    expect(v.safeParse(settings.REDIS_URL, undefined).success).toBe(false);
    expect(v.safeParse(settings.AMQP_URL, undefined).success).toBe(false);
  });

  test.each([
    ["AMQP_URL", "amqp://a:5672,amqp://b:5672/eco2"],
    ["AMQP_URL", "amqp://a,b/eco2"],
    ["REDIS_URL", "redis://a:6379,b:6379/0"],
    ["DATABASE_URL", "postgres://a,b/eco2"],
  ] as const)("%s is one server, not a list: %s", (name, value) => {
    const refused = v.safeParse(settings[name], value).issues?.map(({ message }) => message);
    expect(refused?.[0]).toBe("must be one URL, not a list: name what stands before them");
  });

  test("the server is opened to this machine only, unless asked otherwise", () => {
    expect(loadConfig(v.object({ HOST: settings.HOST }), {}).HOST).toBe("127.0.0.1");
  });

  test.each(["-1", "65536", "8080.5", "0x50", "1e3", "eight", " 80", "٨٠"])(
    "a port of %j is refused",
    (text) => expect(isAccepted("PORT", text)).toBe(false),
  );

  test.each(["0", "80", "65535"])("a port of %s is accepted", (text) => {
    expect(v.parse(settings.PORT, text)).toBe(Number(text));
  });

  test.each([
    ["DATABASE_URL", "postgres://u:p@h/d", true],
    ["DATABASE_URL", "postgresql://u:p@h/d", true],
    ["DATABASE_URL", "mysql://u:p@h/d", false],
    ["DATABASE_URL", "u:p@h/d", false],
    ["REDIS_URL", "rediss://h", true],
    ["REDIS_URL", "postgres://h", false],
    ["AMQP_URL", "amqps://u:p@h/v", true],
    ["AMQP_URL", "https://h", false],
    ["PUBLIC_URL", "https://eco2.example", true],
    ["PUBLIC_URL", "ftp://eco2.example", false],
    ["PUBLIC_URL", "https://eco2.example/", true],
    ["PUBLIC_URL", "https://eco2.example/api", false],
    ["PUBLIC_URL", "https://eco2.example?x=1", false],
    ["PUBLIC_URL", "https://eco2.example/#top", false],
    ["PUBLIC_URL", "https://me:pw@eco2.example", false],
    ["SUPPORTED_GPT_MODELS", ",", false],
    ["SUPPORTED_GPT_MODELS", "gpt-5.2 gpt-5.1", false],
    ["SUPPORTED_GEMINI_MODELS", " , ", false],
    ["OPENAI_BASE_URL", "http://127.0.0.1:8000/v1", true],
    ["OPENAI_BASE_URL", "https://gateway.example/openai/v1/", true],
    ["OPENAI_BASE_URL", "127.0.0.1:11434/v1", false],
    ["OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/chat/completions", false],
    ["OPENAI_BASE_URL", "https://x.example/openai/deployments/x?api-version=1", false],
    ["IMAGE_HOSTS", "cdn.example,http://127.0.0.1:4999", true],
    ["IMAGE_HOSTS", "cdn.example:4444", false],
    ["IMAGE_HOSTS", "cdn.example other.example", false],
    ["CORS_ORIGINS", "https://app.example.com,http://localhost:5173", true],
    ["CORS_ORIGINS", "https://app.example.com/", false],
    ["CORS_ORIGINS", "*", false],
    ["CORS_ORIGINS", "https://*.example.com", false],
    ["CORS_ORIGINS", "https://app.example.com,https://*", false],
    ["CORS_ORIGINS", "http://localhost:*", false],
    ["CORS_ORIGINS", "capacitor://localhost", true],
    ["CORS_ORIGINS", "ionic://localhost,tauri://localhost,http://localhost", true],
    ["CORS_ORIGINS", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", true],
    ["CORS_ORIGINS", "capacitor://localhost/", false],
    ["CORS_ORIGINS", "capacitor://*", false],
    ["CORS_ORIGINS", "capacitor://", false],
    ["CORS_ORIGINS", "Capacitor://localhost", false],
    ["CORS_ORIGINS", "HTTPS://app.example.com", false],
    ["CORS_ORIGINS", "https://app.example.com:443", false],
    ["CORS_ORIGINS", "app.example.com", false],
    ["CORS_ORIGINS", "null", false],
    ["CORS_ORIGINS", "file://", false],
    ["CORS_ORIGINS", "file://localhost", false],
    ["CORS_ORIGINS", "https://me:pw@app.example.com", false],
    ["LOG_LEVEL", "verbose", false],
  ] as const)("%s=%s: accepted is %p", (name, value, accepted) => {
    expect(isAccepted(name, value)).toBe(accepted);
  });

  test("a list takes commas with and without blanks, and drops what is empty", () => {
    expect(v.parse(settings.IMAGE_HOSTS, " a.example, ,*.b.example,")).toEqual([
      "a.example",
      "*.b.example",
    ]);
  });
});

describe("the public origin", () => {
  test("is the process' own port unless configured, and never has a path", () => {
    expect(publicOrigin({ PORT: 8080 })).toBe("http://127.0.0.1:8080");
    const PUBLIC_URL = "https://eco2.example/api/?x=1";
    expect(publicOrigin({ PORT: 8080, PUBLIC_URL })).toBe("https://eco2.example");
  });

  test("is a host photos may come from, or the CDN in its place, beside those configured", () => {
    const config = { PORT: 8080, IMAGE_HOSTS: ["a.example"] };
    expect(allowedImageHosts(config)).toEqual(["a.example", "http://127.0.0.1:8080"]);
    const CDN_URL = "https://cdn.example/photos";
    expect(allowedImageHosts({ ...config, CDN_URL })).toEqual(["a.example", "https://cdn.example"]);
  });
});
