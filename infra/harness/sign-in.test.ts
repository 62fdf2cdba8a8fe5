import { afterAll, beforeEach, expect, test } from "bun:test";
import { signIn, signOut } from "./sign-in.ts";

/** The responses of a fake API by path, and the requests it got. */
let answers: Record<string, (request: Request) => Response> = {};
let asked: { path: string; cookie: string | null }[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) => {
    const { pathname } = new URL(request.url);
    asked.push({ path: pathname, cookie: request.headers.get("cookie") });
    return answers[pathname]?.(request) ?? new Response("{}", { status: 404 });
  },
});
const { origin } = server.url;
const to = (location: string, ...cookies: string[]) =>
  new Response(null, {
    status: 302,
    headers: [
      ["location", location],
      ...cookies.map((one): [string, string] => ["set-cookie", one]),
    ],
  });

const authorize = "/api/v1/auth/dev/authorize";
const callback = "/api/v1/auth/dev/callback";

beforeEach(() => {
  asked = [];
  answers = {
    [authorize]: ({ url }) => {
      const code = new URL(url).searchParams.get("login_hint") ?? "";
      return to(`${callback}?${new URLSearchParams({ code })}`, "s_state=st; Path=/");
    },
    [callback]: ({ url }) => {
      const code = new URL(url).searchParams.get("code");
      const attributes = "Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax";
      const tokens = [`s_access=${code}-a; ${attributes}`, `s_refresh=r=; ${attributes}`];
      return to("/api/v1/users/me", "s_state=; Max-Age=0", ...tokens);
    },
  };
});
afterAll(() => server.stop(true));

test("a sign-in carries its cookies from hop to hop and ends with those of the session", async () => {
  expect(await signIn(origin, "me+you")).toEqual({ cookie: "s_access=me+you-a; s_refresh=r=" });
  expect(asked).toEqual([
    { path: authorize, cookie: null },
    { path: callback, cookie: "s_state=st" },
  ]);
});

test("a refused sign-in fails with the response of the API", async () => {
  answers[callback] = () => Response.json({ code: "SIGN_IN_STATE_INVALID" }, { status: 400 });
  await expect(signIn(origin, "me")).rejects.toThrow(/callback: 400 .*SIGN_IN_STATE_INVALID/);
  answers[authorize] = () => to("/api/v1/users/me?error=PROVIDER_REFUSED");
  await expect(signIn(origin, "me")).rejects.toThrow("PROVIDER_REFUSED");
});

test("a sign-in stays on its origin, and ends after 5 redirects", async () => {
  answers[authorize] = () => to(origin.replace("127.0.0.1", "localhost"));
  await expect(signIn(origin, "me")).rejects.toThrow("sent to http://localhost:");
  answers[authorize] = () => to(authorize);
  asked = [];
  await expect(signIn(origin, "me")).rejects.toThrow("no end");
  expect(asked).toHaveLength(5);
});

test("a sign-out sends the session, and fails when the API refuses it", async () => {
  answers["/api/v1/auth/logout"] = ({ method }) =>
    new Response(null, { status: method === "POST" ? 204 : 405 });
  await signOut(origin, { cookie: "s_access=a" });
  expect(asked).toEqual([{ path: "/api/v1/auth/logout", cookie: "s_access=a" }]);
  answers = {};
  await expect(signOut(origin, { cookie: "s_access=a" })).rejects.toThrow("404");
});
