import { afterAll, expect, test } from "bun:test";
import { inspectServer } from "./inspect-server.ts";

const list = (ids: string[]) => Response.json({ object: "list", data: ids.map((id) => ({ id })) });
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (request.headers.get("authorization") !== "Bearer key")
      return new Response("", { status: 401 });
    if (pathname === "/v1/models") return list(["qwen2.5vl:7b", "llava:latest", "models/gemini-3"]);
    if (pathname === "/v2/models") return list(["1", "2", "3", "4", "5", "6"]);
    if (pathname === "/moved/models") return Response.redirect("https://elsewhere.example/", 308);
    if (pathname === "/page/models") return new Response("<html>", { status: 200 });
    return new Response("404 page not found", { status: 404 });
  },
});
afterAll(() => server.stop(true));

const inspect = (path: string, names: string[], apiKey = "key") =>
  inspectServer({ baseURL: `${server.url.origin}${path}`, apiKey }, names);

test.each<[string, string[], string[]]>([
  ["/v1", ["qwen2.5vl:7b", "llava", "gemini-3"], []],
  ["/v1/", ["qwen2.5vl:7b"], []],
  ["/v1", ["x"], ["has no model x; it has qwen2.5vl:7b, llava:latest, models/gemini-3"]],
  ["/v2", ["x"], ["has no model x; it has 1, 2, 3, 4, 5, …"]],
  ["", ["llava"], ["answers under /v1, which its address lacks"]],
  ["/page", ["x"], []],
  ["/nothing", ["x"], []],
  ["/moved", ["x"], ["redirects to https://elsewhere.example/, which is not followed"]],
])("below %p the models %j have the problems %j", async (path, names, problems) => {
  expect(await inspect(path, names)).toEqual(problems);
});

test("a key that is refused and a server that is away are named", async () => {
  expect(await inspect("/v1", ["x"], "wrong")).toEqual(["does not accept the key"]);
  const gone = Bun.serve({ port: 0, fetch: () => new Response() });
  await gone.stop(true);
  const nobody = { baseURL: `http://127.0.0.1:${gone.port}/v1`, apiKey: "key" };
  expect(await inspectServer(nobody, ["x"])).toEqual(["does not answer: ECONNREFUSED"]);
});
