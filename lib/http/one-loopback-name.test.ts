import { describe, expect, test } from "bun:test";
import { createLogger } from "#lib/log/logger.ts";
import { createApp } from "./create-app.ts";

const log = createLogger("test", "error", () => undefined);

describe("a browser that has come by another name of this machine", () => {
  const send = async (url: string, publicOrigin: string, accept = "text/html,*/*") => {
    const response = await createApp(log, [], { publicOrigin }).request(url, {
      headers: { accept },
    });
    return [response.status, response.headers.get("location")];
  };

  test.each(["http://localhost:8080", "http://[::1]:8080"])("is sent on from %s", async (host) => {
    const own = "http://127.0.0.1:8080";
    expect(await send(`${host}/chat?x=1`, own)).toEqual([307, `${own}/chat?x=1`]);
    const signIn = "/api/v1/auth/google/authorize?redirect=%2F";
    expect(await send(`${host}${signIn}`, own)).toEqual([307, `${own}${signIn}`]);
  });

  test.each([
    ["by the name itself", "http://127.0.0.1:8080/chat", "http://127.0.0.1:8080"],
    ["at another port", "http://localhost:9090/chat", "http://127.0.0.1:8080"],
    ["behind a proxy, of a public name", "http://localhost:8080/chat", "https://eco2.example"],
    ["by a name of others", "http://eco2.example:8080/chat", "http://127.0.0.1:8080"],
    [
      "to sign in with dev",
      "http://localhost:8080/api/v1/auth/dev/authorize",
      "http://127.0.0.1:8080",
    ],
  ])("is not: %s", async (_, url, own) => {
    expect(await send(url, own)).toEqual([404, null]);
  });

  test("is a browser: a program is served by any name", async () => {
    const call = send("http://localhost:8080/chat", "http://127.0.0.1:8080", "application/json");
    expect(await call).toEqual([404, null]);
  });
});
