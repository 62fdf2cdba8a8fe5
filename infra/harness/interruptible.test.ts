import { expect, test } from "bun:test";

/** Runs a command with this body in a process of its own. */
async function run(body: string, signal?: NodeJS.Signals) {
  const program = `
    import { interruptible, unlessAborted, untilAborted } from "${import.meta.dir}/interruptible.ts";
    const run = interruptible(async (_, signal) => { console.log("runs"); ${body} });
    setInterval(() => {}, 1_000);
    process.exit((await run(undefined)) ?? 0);`;
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "pipe" });
  const reader = child.stdout.getReader();
  await reader.read();
  if (signal) child.kill(signal);
  return { code: await child.exited, errors: await new Response(child.stderr).text() };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("a command that %s interrupts ends with %i", async (signal, code) => {
  const endless = "await unlessAborted(signal, new Promise(() => {}))";
  expect(await run(endless, signal)).toEqual({ code, errors: "interrupted\n" });
});

test("a command that is told to end and does so by itself has its own exit code", async () => {
  expect(await run("await untilAborted(signal); return 7", "SIGINT")).toMatchObject({ code: 7 });
});

test("a failure without a signal stays a failure", async () => {
  const { code, errors } = await run('throw new Error("a bug")');
  expect(code).toBe(1);
  expect(errors).toContain("a bug");
});
