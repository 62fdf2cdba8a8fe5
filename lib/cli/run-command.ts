import { version } from "#lib/config/version.ts";
import {
  type CommandLine,
  type Options,
  parseCommandLine,
  type Typed,
  UsageError,
} from "./command-line.ts";

const usageCode = 2;

/**
 * Runs a command and sets the exit code of this process: what `run` returns, 0 by default. A failure is
 * one plain line on standard error and 1, a command line that makes no sense one line and 2. Nothing is
 * ended here: a command that leaves something open calls `process.exit()` itself.
 */
export async function runCommand<const O extends Options>(
  command: CommandLine<O>,
  run: (typed: Typed<O>) => Promise<number | undefined> | number | undefined,
  args?: readonly string[],
): Promise<void> {
  const typed = readCommandLine(command, args);
  try {
    process.exitCode = (await run(typed)) ?? 0;
  } catch (error) {
    process.stderr.write(`${command.name}: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = error instanceof UsageError ? usageCode : 1;
  }
}

/**
 * Reads this process's command line before anything is opened. `--help` and `--version` are answered on
 * standard output and exit 0; what makes no sense is one line on standard error and exits 2.
 */
export function readCommandLine<const O extends Options>(
  command: CommandLine<O>,
  args: readonly string[] = process.argv.slice(2),
): Typed<O> {
  try {
    const typed = parseCommandLine(command, args);
    if (typed !== "help" && typed !== "version") return typed;
    console.log(typed === "help" ? command.usage : version);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${command.name}: ${error.message}\n`);
    process.exit(usageCode);
  }
}
