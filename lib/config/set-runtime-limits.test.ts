import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

/** Far above the 256 that Bun allows by itself. */
const requests = 600;
const exitCode = 7;
const folder = await mkdtemp(join(tmpdir(), "eco2-runtime-limits-"));
const source = join(folder, "main.ts");
const binary = join(folder, "main");

/** Answers nobody before all have come, and says from which process they came. */
let arrived = Promise.withResolvers<Set<string | null>>();
let pids: (string | null)[] = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async ({ headers }) => {
    pids.push(headers.get("x-pid"));
    const all = arrived.promise;
    if (pids.length === requests) {
      arrived.resolve(new Set(pids));
      pids = [];
      arrived = Promise.withResolvers();
    }
    await all;
    return new Response("ok");
  },
});

await Bun.write(
  source,
  `import "${import.meta.dir}/set-runtime-limits.ts";
  process.on("SIGTERM", () => process.exit(${exitCode}));
  const [url, ...rest] = process.argv.slice(2);
  const init = { headers: { "x-pid": String(process.pid) } };
  await Promise.all(Array.from({ length: ${requests} }, () => fetch(url, init)));
  console.log(JSON.stringify({ rest, ram: process.env.BUN_JSC_forceRAMSize }));
  setInterval(() => {}, 1_000);
  `,
);

let child: Subprocess<"ignore", "pipe", "inherit"> | undefined;
afterEach(async () => {
  child?.kill("SIGKILL");
  await child?.exited;
});
afterAll(async () => {
  await server.stop(true);
  await rm(folder, { recursive: true });
});

function start(command: readonly string[], env: Record<string, string> = {}) {
  child = Bun.spawn([...command, server.url.href, "--queues", "a,b"], {
    env: { PATH: process.env.PATH, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  return child;
}

async function firstLine({ stdout }: { stdout: ReadableStream<Uint8Array> }) {
  for await (const chunk of stdout) return JSON.parse(new TextDecoder().decode(chunk));
}

describe("a process started without any setting", () => {
  const { execPath } = process;
  const commands = [
    ["from source", [execPath, source]],
    ["by `bun run`", [execPath, "--smol", "run", source]],
    ["under --watch", [execPath, "--watch", source]],
    ["compiled", [binary]],
  ] as const;
  test.each(commands)(
    "runs 600 requests at once, %s, as the process it was",
    async (how, command) => {
      if (how === "compiled") {
        const compile = { outfile: binary };
        expect((await Bun.build({ entrypoints: [source], compile, target: "bun" })).success).toBe(
          true,
        );
      }
      const together = arrived.promise;
      const started = start(command);
      expect(await together).toEqual(new Set([String(started.pid)]));
      const { rest, ram } = await firstLine(started);
      expect(rest).toEqual(["--queues", "a,b"]);
      expect(Number(ram)).toBeWithin(1, 1_000_000_001);
      if (how === "under --watch") {
        const again = arrived.promise;
        await appendFile(source, "\n// changed");
        await again;
      }
      started.kill("SIGTERM");
      expect(await started.exited).toBe(exitCode);
    },
    20_000,
  );
});

test("what the environment sets stays", async () => {
  const together = arrived.promise;
  const started = start([process.execPath, source], { BUN_JSC_forceRAMSize: "2000000000" });
  await together;
  expect((await firstLine(started)).ram).toBe("2000000000");
}, 20_000);
