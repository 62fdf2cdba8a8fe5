import { afterEach, describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import type { Subprocess } from "bun";

const projectFolder = resolve(import.meta.dir, "../..");
const children = new Set<Subprocess>();

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

/** Runs a process whose `start` has `body`, over nothing but its exit code and what it prints. */
function run(
  body: string,
  { env = { A: "1" }, deadlineMs = 60_000, sameSignalMs = 0 }: RunOptions = {},
) {
  const program = `
    import * as v from "valibot";
    import { ConfigError } from "#lib/config/load-config.ts";
    import { processSettings, settings } from "#lib/config/settings.ts";
    import { Fault } from "#lib/error/fault.ts";
    import { createHealthApp } from "#lib/http/health.ts";
    import { serve } from "#lib/http/serve.ts";
    import { BootError, runProcess } from "#lib/process/run-process.ts";
    const { PORT, DATABASE_URL } = settings;
    const schema = v.object({ ...processSettings, PORT, A: v.string(), B: v.optional(DATABASE_URL) });
    let boots = 0;
    const say = (text) => process.stdout.write(text + "\\n");
    const never = new Promise(() => {});
    await runProcess("child", schema, async ({ log, scope, config }) => { ${body} },
      { stopDeadlineMs: ${deadlineMs}, sameSignalMs: ${sameSignalMs} });`;
  const child = Bun.spawn([process.execPath, "-e", program], {
    cwd: projectFolder,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  children.add(child);
  const output = lines(child.stdout);
  const printed: string[] = [];
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves once the process has printed a line with this text. */
    said: async (text: string): Promise<string> => {
      for await (const line of { [Symbol.asyncIterator]: () => ({ next: () => output.next() }) }) {
        printed.push(line);
        if (line.includes(text)) return line;
      }
      throw new Error(`ended without saying "${text}": ${printed.join("\n")}`);
    },
    ended: async () => {
      for await (const line of output) printed.push(line);
      return { code: await child.exited, printed, errors: await new Response(child.stderr).text() };
    },
  };
}

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly deadlineMs?: number;
  readonly sameSignalMs?: number;
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const complete = text.split("\n");
    text = complete.pop() ?? "";
    yield* complete;
  }
}

/** What a process prints for itself, without its log lines. */
const spoken = (printed: readonly string[]) => printed.filter((line) => !line.startsWith("{"));
const entries = (printed: readonly string[]) =>
  printed.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
const keepAlive = "setInterval(() => {}, 1_000);";

describe("a process that cannot start exits 1 and", () => {
  test("names every wrong variable at once, opens nothing and shows no stack and no value", async () => {
    const env = { PORT: "99999", B: "mysql://eco2:hunter2@db/eco2" };
    const { code, printed, errors } = await run(`say("started")`, { env }).ended();
    expect([code, spoken(printed)]).toEqual([1, []]);
    const said = errors.slice("child: ".length).trimEnd();
    const [entry, ...others] = entries(printed);
    expect([entry?.level, entry?.message, entry?.reason]).toEqual(["error", "boot refused", said]);
    expect(others).toEqual([]);
    expect(printed.join()).not.toContain("hunter2");
    expect(errors.split("\n")).toEqual([
      "child: The configuration is not usable:",
      "  PORT: must be at most 65535",
      "  A: is required but not set",
      "  B: must be a URL starting with postgres:// or postgresql://",
      "",
    ]);
  });

  test.each(["BootError", "ConfigError"])("says in one plain line what a %s says", async (name) => {
    const { code, printed, errors } = await run(
      `throw new ${name}("REDIS_URL: Redis cannot be used", { cause: new Error("inside") })`,
    ).ended();
    expect(entries(printed)).toMatchObject([{ reason: "REDIS_URL: Redis cannot be used" }]);
    expect({ code, said: spoken(printed), errors }).toEqual({
      code: 1,
      said: [],
      errors: "child: REDIS_URL: Redis cannot be used\n",
    });
  });

  test("logs whatever else went wrong, with its stack", async () => {
    const { code, printed } = await run(`${keepAlive} throw new TypeError("a bug")`).ended();
    expect(code).toBe(1);
    expect(entries(printed)).toMatchObject([
      { level: "error", message: "boot failed", error: { name: "TypeError", message: "a bug" } },
    ]);
  });
});

describe("with BOOT_WAIT_S a process", () => {
  const away = `new BootError("AMQP_URL: away", { mayPass: true })`;

  test.each([
    ["when it is connected to", away],
    ["at a later step", `new Fault("UNAVAILABLE")`],
  ])(
    "tries again what is away %s, with everything closed before, and says so once",
    async (_, error) => {
      const child = run(
        `scope.onStop("part", () => say("closed " + boots));
       if (++boots < 3) throw ${error};
       ${keepAlive}`,
        { env: { A: "1", BOOT_WAIT_S: "60" } },
      );
      await child.said('"ready"');
      child.kill("SIGTERM");
      const { code, printed } = await child.ended();
      expect([code, spoken(printed)]).toEqual([0, ["closed 1", "closed 2", "closed 3"]]);
      expect(entries(printed).map(({ message }) => message)).toEqual([
        ...["waiting for backing services", "ready", "stopping", "stopped"],
      ]);
    },
  );

  test("ends when the time is up, with what it would have said at first", async () => {
    const { code, errors } = await run(`throw ${away};`, {
      env: { A: "1", BOOT_WAIT_S: "1" },
    }).ended();
    expect([code, errors]).toEqual([1, "child: AMQP_URL: away\n"]);
  });

  test.each([`new BootError("AMQP_URL: 403")`, `new ConfigError("IMAGE_DIR: none")`])(
    "ends at once for what does not pass: %s",
    async (error) => {
      const env = { A: "1", BOOT_WAIT_S: "60" };
      const { code, printed } = await run(`throw ${error};`, { env }).ended();
      expect([code, entries(printed).map(({ message }) => message)]).toEqual([1, ["boot refused"]]);
    },
  );

  test("stops while it waits", async () => {
    const child = run(`throw ${away};`, { env: { A: "1", BOOT_WAIT_S: "60" } });
    await child.said("waiting");
    child.kill("SIGTERM");
    expect((await child.ended()).code).toBe(0);
  });
});

describe("a stop signal", () => {
  test("with STOP_WAIT_S fails readiness first, and goes on serving that long", async () => {
    const child = run(
      `const health = createHealthApp({}, () => scope.stopping);
       const server = serve(scope, health.fetch, { port: 0, hostname: "127.0.0.1" });
       say("at " + server.url.origin);`,
      { env: { A: "1", STOP_WAIT_S: "2" } },
    );
    const origin = (await child.said("at ")).slice(3);
    const ask = async (path: string) => (await fetch(`${origin}${path}`)).status;
    expect([await ask("/readyz"), await ask("/livez")]).toEqual([200, 200]);
    child.kill("SIGTERM");
    await child.said('"stopping"');
    const stoppedAt = performance.now();
    expect([await ask("/readyz"), await ask("/livez")]).toEqual([503, 200]);
    const { code } = await child.ended();
    expect(code).toBe(0);
    expect(performance.now() - stoppedAt).toBeGreaterThan(1_500);
    await expect(ask("/livez")).rejects.toThrow();
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s closes everything once, last opened first, and exits 0",
    async (signal) => {
      const child = run(`
        for (const name of ["first", "second", "third"]) {
          scope.onStop(name, async () => { await Promise.resolve(); say(name + " " + scope.stopping); });
        }
        ${keepAlive} say("stopping: " + scope.stopping);`);
      await child.said('"ready"');
      child.kill(signal);
      const { code, printed } = await child.ended();
      expect(code).toBe(0);
      expect(spoken(printed)).toEqual([
        "stopping: false",
        ...["third true", "second true", "first true"],
      ]);
      expect(entries(printed).map(({ message }) => message)).toEqual([
        ...["ready", "stopping", "stopped"],
      ]);
    },
  );

  test.each(["fail(new BootError('closed'))", "end()"])(
    "during the boot is a stop too, whatever the boot makes of it: %s",
    async (outcome) => {
      const child = run(`
        let end, fail;
        scope.onStop("database", async () => { ${outcome}; await Promise.resolve(); say("closed"); });
        ${keepAlive} say("booting");
        await new Promise((...settle) => { [end, fail] = settle; });`);
      await child.said("booting");
      child.kill("SIGTERM");
      const { code, printed, errors } = await child.ended();
      expect({ code, errors, said: spoken(printed) }).toEqual({
        code: 0,
        errors: "",
        said: ["booting", "closed"],
      });
      expect(entries(printed).map(({ message }) => message)).toEqual(["stopping", "stopped"]);
    },
  );

  test("is not held up by a close that fails: the others still close", async () => {
    const child = run(`
      scope.onStop("first", () => say("first closed"));
      scope.onStop("sync", () => { throw new Error("sync failure"); });
      scope.onStop("async", () => Promise.reject(new Error("async failure")));
      ${keepAlive}`);
    await child.said('"ready"');
    child.kill("SIGTERM");
    const { code, printed } = await child.ended();
    expect(code).toBe(0);
    expect(spoken(printed)).toEqual(["first closed"]);
    const failed = entries(printed).filter(({ message }) => message === "close failed");
    expect(failed).toMatchObject([
      { part: "async", error: { message: "async failure" } },
      { part: "sync", error: { message: "sync failure" } },
    ]);
  });

  test("that finds a close hanging exits 1 at the deadline and says which, even when idle", async () => {
    const child = run(
      `const timer = ${keepAlive}
       scope.onStop("first", () => say("first closed"));
       scope.onStop("broker", () => { clearInterval(timer); return never; });`,
      { deadlineMs: 50 },
    );
    await child.said('"ready"');
    child.kill("SIGTERM");
    const { code, printed } = await child.ended();
    expect(code).toBe(1);
    expect(spoken(printed)).toEqual([]);
    expect(entries(printed).at(-1)).toMatchObject({
      message: "stop deadline passed",
      pending: "broker",
    });
  });

  test("that is passed on twice, as Ctrl-C in a process group is, is one stop", async () => {
    const child = run(
      `let end; const closed = new Promise((resolve) => { end = resolve; });
      process.on("SIGINT", () => setTimeout(end, 50));
      scope.onStop("broker", async () => { say("closing"); await closed; say("closed"); });
      ${keepAlive}`,
      { sameSignalMs: 60_000 },
    );
    await child.said('"ready"');
    child.kill("SIGTERM");
    await child.said("closing");
    child.kill("SIGINT");
    const { code, printed } = await child.ended();
    expect([code, spoken(printed)]).toEqual([0, ["closing", "closed"]]);
  });

  test("that comes a second time exits 1 at once", async () => {
    const child = run(`scope.onStop("broker", () => { say("closing"); return never; });
      ${keepAlive}`);
    await child.said('"ready"');
    child.kill("SIGTERM");
    await child.said("closing");
    child.kill("SIGINT");
    expect((await child.ended()).code).toBe(1);
  });
});

describe("a running process in an unknown state exits 1:", () => {
  test.each([
    ["unhandled rejection", `Promise.reject(new Error("lost"))`],
    ["uncaught exception", `throw new Error("lost")`],
  ])("%s", async (message, statement) => {
    const child = run(`${keepAlive} setTimeout(() => { ${statement} }, 10);`);
    const { code, printed } = await child.ended();
    expect(code).toBe(1);
    expect(entries(printed).at(-1)).toMatchObject({ message, error: { message: "lost" } });
  });
});
