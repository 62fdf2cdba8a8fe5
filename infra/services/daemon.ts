import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { logFolder, type State } from "./state.ts";

/** Starts a server that outlives us, in its own session, logging to a file that starts empty. */
export function spawnDaemon(
  state: State,
  argv: readonly string[],
  options: { name: string; folder?: string; env?: Readonly<Record<string, string>> },
): Subprocess {
  const cwd = join(state.home, options.folder ?? options.name);
  const log = openSync(logFile(state, options.name), "w", 0o600);
  try {
    const child = Bun.spawn([...argv], {
      cwd,
      // Only what the server needs: a RABBITMQ_* or PG* of the caller must not steer it.
      env: { PATH: searchPath(), HOME: cwd, LANG: "C.UTF-8", ...options.env },
      stdin: "ignore",
      stdout: log,
      stderr: log,
      detached: true,
      ...identity(state),
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Runs a command to its end as the instances' account; throws with its output when it fails. */
export async function runAs(
  state: State,
  argv: readonly string[],
  options: { cwd: string; stdin?: string; env?: Readonly<Record<string, string | undefined>> },
): Promise<void> {
  const child = Bun.spawn([...argv], {
    cwd: options.cwd,
    env: { PATH: searchPath(), HOME: options.cwd, LANG: "C.UTF-8", ...options.env },
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
    stdout: "ignore",
    stderr: "pipe",
    ...identity(state),
  });
  const [errors, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`${argv[0]} failed: ${errors.trim()}`);
}

/**
 * Writes a file that only the instances' account can read. As that account, not as root: in a
 * folder it owns, a link could otherwise lead root anywhere.
 */
export async function writeAs(state: State, path: string, text: string): Promise<void> {
  const script = 'umask 077 && mkdir -p "$(dirname "$0")" && cat > "$0.new" && mv "$0.new" "$0"';
  await runAs(state, ["sh", "-c", script, path], { cwd: state.home, stdin: text });
}

function identity(state: State): { uid?: number; gid?: number } {
  return state.account ? { uid: state.account.uid, gid: state.account.gid } : {};
}

function searchPath(): string {
  return process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin";
}

export function logFile(state: State, name: string): string {
  return join(logFolder(state.project), `${name}.log`);
}

/** The end of a server's log, for the message that says why it did not start. */
export function logTail(state: State, name: string): string {
  const lines = readFileSync(logFile(state, name), "utf8").trimEnd().split("\n");
  return lines.slice(-logTailLines).join("\n");
}

const logTailLines = 15;
