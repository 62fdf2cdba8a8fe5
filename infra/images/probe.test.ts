import { afterAll, expect, test } from "bun:test";

const probe = new URL("./probe.ts", import.meta.url).pathname;
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: ({ url }) =>
    new URL(url).pathname === "/ready"
      ? new Response("ok")
      : new Response('{"status":"draining"}', { status: 503 }),
});
afterAll(() => server.stop(true));

async function run(url: string): Promise<{ code: number; errors: string }> {
  const child = Bun.spawn([process.execPath, probe, url], { stdout: "ignore", stderr: "pipe" });
  return { errors: await new Response(child.stderr).text(), code: await child.exited };
}

test("a ready process is healthy", async () => {
  expect(await run(`${server.url}ready`)).toEqual({ code: 0, errors: "" });
});

test("a process that is not ready is unhealthy, and says why", async () => {
  const { code, errors } = await run(`${server.url}draining`);
  expect(code).toBe(1);
  expect(errors).toContain('503 {"status":"draining"}');
});

test("an address without a listener is unhealthy", async () => {
  expect((await run("http://127.0.0.1:1/ready")).code).toBe(1);
});
