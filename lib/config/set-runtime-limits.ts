import { runtimeLimits } from "./runtime-limits.ts";

/**
 * The first import of every process: gives this one the limits it was started without. Bun reads
 * them before any code runs, so the process replaces itself (`execve`: same pid, arguments, open
 * files) with one that has them. First, because whatever is evaluated before is evaluated twice.
 */
const limits = runtimeLimits();
const isSet = Object.keys(limits).every((name) => process.env[name]);
const needsNone = process.argv.some((arg) => ["--help", "-h", "--version"].includes(arg));
if (!isSet && !needsNone) {
  const { execPath, execArgv, argv, env } = process;
  const args = Bun.isStandaloneExecutable ? argv.slice(2) : [...execArgv, ...argv.slice(1)];
  process.execve?.(execPath, [execPath, ...args], { ...env, ...limits });
}
