/**
 * One JSON line per log entry, to stdout: `timestamp, level, logger, message` and, where known,
 * `task_id, user_id, duration_ms, trace_id`. Secrets are masked here, so that no caller can forget.
 */

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;
export type LogLevel = keyof typeof LEVELS;

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export function createLogger(
  name: string,
  level: LogLevel = "info",
  write: (line: string) => void = (line) => process.stdout.write(line),
): Logger {
  const at =
    (entryLevel: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LEVELS[entryLevel] < LEVELS[level]) return;
      const timestamp = new Date().toISOString();
      const entry = { timestamp, level: entryLevel, logger: name, message, ...fields };
      write(`${mask(JSON.stringify(entry, render))}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

const SECRET_KEY = /password|secret|token|authorization|cookie|api[-_]?key|signature/i;
const errorDepthMax = 4;

function render(key: string, value: unknown): unknown {
  if (key !== "" && SECRET_KEY.test(key) && typeof value === "string") return "***";
  return value instanceof Error ? describe(value, errorDepthMax) : value;
}

function describe(error: Error, depth: number): Record<string, unknown> {
  const cause =
    error.cause instanceof Error && depth > 0 ? describe(error.cause, depth - 1) : undefined;
  // A driver's error sometimes has an empty message and only a code (ECONNREFUSED in Bun).
  const code = "code" in error ? error.code : undefined;
  return { name: error.name, message: error.message, code, stack: error.stack, cause };
}

/** Hides the password of a URL and bearer-like keys wherever they stand in the line. */
function mask(line: string): string {
  return line
    .replace(/(\w+:\/\/[^\s:/@"]*):[^\s@/"]+@/g, "$1:***@")
    .replace(/\b(sk|key)-[A-Za-z0-9_-]{8,}/g, "$1-***");
}
