import { afterAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { version } from "#lib/config/version.ts";

/**
 * Every command of package.json and every process, asked for its usage and given a flag it does not have.
 * The backing services it is told of are a server of the test's own, which counts who connects.
 */
const root = fileURLToPath(new URL("../", import.meta.url));
const { scripts } = await Bun.file(`${root}package.json`).json();
const commands = Object.entries<string>(scripts).flatMap(([name, script]) => {
  const [, file = ""] = /&& bun (\S+)/.exec(script) ?? [];
  return file ? [{ name, command: [file, ...(/\.ts (\w+)$/.exec(script)?.slice(1) ?? [])] }] : [];
});
const processes = readdirSync(`${root}services`).map((name) => ({
  name,
  command: [`services/${name}/main.ts`],
}));

let connections = 0;
const server = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open: (socket) => {
      connections++;
      socket.end();
    },
    data: () => undefined,
  },
});
afterAll(() => server.stop(true));

async function run(command: readonly string[], flag: string) {
  const address = `127.0.0.1:${server.port}`;
  const child = Bun.spawn([process.execPath, ...command, flag], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: `postgres://eco2:secret@${address}/eco2`,
      REDIS_URL: `redis://${address}`,
      AMQP_URL: `amqp://eco2:secret@${address}/eco2`,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

test("there is something to call", () => {
  expect(commands.map(({ name }) => name)).toContain("dlq");
  expect(commands.length).toBeGreaterThan(12);
  expect(processes.length).toBeGreaterThan(7);
});

describe.each([...commands, ...processes])("$name", ({ command }) => {
  test("prints its usage, and refuses a flag it does not have in one line", async () => {
    const [help, wrong] = await Promise.all([run(command, "--help"), run(command, "--bogus")]);
    expect(help).toEqual({ code: 0, err: "", out: expect.stringMatching(/^usage: /) });
    const line = expect.stringMatching(/^[\w:-]+: Unknown option '--bogus'; see --help\n$/);
    expect(wrong).toEqual({ code: 2, out: "", err: line });
    expect(connections).toBe(0);
  }, 20_000);
});

test.each(processes)(
  "$name sets its runtime limits before it loads anything",
  async ({ command }) => {
    const [first] = (await Bun.file(`${root}${command[0]}`).text()).split("\n");
    expect(first).toBe('import "#lib/config/set-runtime-limits.ts";');
  },
);

test.each(processes)(
  "$name prints the version of the project",
  async ({ command }) => {
    const shown = { code: 0, err: "", out: `${version}\n` };
    expect(await run(command, "--version")).toEqual(shown);
  },
  20_000,
);
