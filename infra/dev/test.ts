import type { Subprocess } from "bun";
import { runCommand } from "#lib/cli/run-command.ts";
import {
  ensureServices,
  partUrls,
  projectFolder,
  type Services,
} from "../services/ensure-services.ts";
import type { ServiceUrls } from "../services/service.ts";
import { TEST_PARTS } from "../services/url.ts";
import { describeSummary, parseSummary, type TestSummary } from "./test-summary.ts";

/** Of bun's output, some ten times that of the whole suite; its counts come last. */
const keptChars = 4_000_000;
const killGraceMs = 5000;
/** Characters; a test of hostile input may be called by the whole of it. */
const nameShown = 200;

// Listening before anything starts: a signal must never leave behind what was brought up for it.
const interruption = new AbortController();
const { signal } = interruption;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => interruption.abort());
const command = {
  name: "test",
  usage: `usage: bun run test [PATH…] [-t NAME]
  All tests, or those of the given files and folders, two files at a time, against real services, which are
  stopped again unless they ran before. The last line is \`N passed, N failed\`; a run without a test has failed.
  A test that fails is tried once more; one that passes only then is named at the end.
  -t, --test-name-pattern NAME   tests whose name matches this expression
  --bail, --coverage, --rerun-each N, --timeout MS   as \`bun test\` takes them`,
  options: {
    "test-name-pattern": { type: "string", short: "t" },
    bail: { type: "boolean" },
    coverage: { type: "boolean" },
    "rerun-each": { type: "string" },
    timeout: { type: "string" },
  },
  argumentsMax: Number.POSITIVE_INFINITY,
} as const;

await runCommand(command, () => main(process.argv.slice(2)));
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const services = await ensureServices({ signal }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (!signal.aborted) process.stderr.write(`${reason}\n`);
    return undefined;
  });
  const run = services && runTests(args, partsOf(services)).finally(services.stop);
  const { code, summary } = (await run) ?? { code: 1, summary: parseSummary("") };
  const ranNone = summary.passed + summary.failed === 0;
  if (ranNone) process.stderr.write(signal.aborted ? "interrupted\n" : "no test was run\n");
  for (const name of summary.flaky) {
    process.stdout.write(`passed only at the second attempt: ${name.slice(0, nameShown)}\n`);
  }
  process.stdout.write(`${describeSummary(summary)}\n`);
  return code === 0 && ranNone ? 1 : code;
}

/** What was given by the environment cannot be divided: then one process runs all tests. */
function partsOf(services: Services): readonly ServiceUrls[] {
  const shared = Object.values(services.sources).includes("environment");
  return TEST_PARTS.slice(0, shared ? 1 : undefined).map((part) => partUrls(part, services));
}

async function runTests(
  args: readonly string[],
  parts: readonly ServiceUrls[],
): Promise<{ code: number; summary: TestSummary }> {
  const retry = args.some((arg) => arg.startsWith("--rerun-each")) ? [] : ["--retry=1"];
  const colour = process.stderr.isTTY ? { FORCE_COLOR: "1" } : {};
  const parallel = `--parallel=${parts.length}`;
  const child = Bun.spawn([process.execPath, "test", "--isolate", parallel, ...retry, ...args], {
    cwd: projectFolder,
    env: { ...process.env, ...parts[0], TEST_PARTS: JSON.stringify(parts), ...colour },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "pipe",
  });
  const output = passOn(child.stderr);
  signal.addEventListener("abort", () => void endChild(child));
  if (signal.aborted) void endChild(child);
  const code = await child.exited;
  // A server that a test forgot may hold the pipe open for ever.
  const text = await Promise.race([output.ended, Bun.sleep(killGraceMs).then(output.soFar)]);
  return { code, summary: parseSummary(text) };
}

function passOn(stream: ReadableStream<Uint8Array>) {
  let kept = "";
  const decoder = new TextDecoder();
  const read = async () => {
    for await (const chunk of stream) {
      process.stderr.write(chunk);
      kept = (kept + decoder.decode(chunk, { stream: true })).slice(-keptChars);
    }
    return kept;
  };
  return { ended: read(), soFar: () => kept };
}

async function endChild(child: Subprocess): Promise<void> {
  child.kill("SIGTERM");
  await Promise.race([child.exited, Bun.sleep(killGraceMs)]);
  if (child.exitCode === null) child.kill("SIGKILL");
}
