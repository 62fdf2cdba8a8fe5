import { explainError, rootCause } from "#lib/error/explain-error.ts";
import { Fault } from "#lib/error/fault.ts";
import { activeTraceparent } from "#lib/trace/span.ts";
import { traceId } from "#lib/trace/trace-context.ts";

/**
 * One JSON line per log entry, to stdout: `timestamp, level, logger, message` and, where known,
 * `task_id, user_id, duration_ms, trace_id`. Secrets are masked here, so that no caller can forget, and
 * the values of a statement, which are a user's, are left out.
 */

/** `access` is one line a request: wanted by few, and so below what is logged by default. */
const LEVELS = { debug: 10, access: 15, info: 20, warn: 30, error: 40 } as const;
export type LogLevel = keyof typeof LEVELS;

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  access(message: string, fields?: LogFields): void;
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
      const own = { timestamp, level: entryLevel, logger: name, message };
      const traceparent = fields.trace_id === undefined ? activeTraceparent() : undefined;
      const traced = traceparent ? { ...fields, trace_id: traceId(traceparent) } : fields;
      write(`${toJson(own, traced)}\n`);
    };
  return {
    debug: at("debug"),
    access: at("access"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}

/** A log call never throws: an entry that is no JSON (a cycle, a failing getter) loses its fields. */
function toJson(own: LogFields, fields: LogFields): string {
  try {
    // A field cannot replace what every line has; spread twice, so that those still stand first.
    return JSON.stringify({ ...own, ...fields, ...own }, render);
  } catch (error) {
    return JSON.stringify({ ...own, unloggable: String(error) }, render);
  }
}

const SECRET_KEY =
  /passw|secret|token|authorization|cookie|api[-_]?key|auth[-_]?keys|signature|credential|verifier/i;
/** Of a sign-in on its way, and the private members of a JSON Web Key: secret if they look like it. */
const OPAQUE_KEY = /^(?:code|state|nonce|d|p|q|dp|dq|qi)$/;
/** Fault codes and SQL states are shorter, or in capitals. */
const OPAQUE = /^(?=[^a-z]*[a-z])[\w.~+/=%-]{16,}$/;
const errorDepthMax = 4;
const errorsShownMax = 5;
/** A driver's message may quote a whole statement with its rows. */
const textCharsMax = 8_192;
/** Longer than what is kept, since what is masked shrinks; a mask's time is bounded by it. */
const maskedCharsMax = 8 * textCharsMax;

function render(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  // Numbers stay: `max_tokens` is no secret. Whatever else has such a name goes as a whole.
  const isHidden = SECRET_KEY.test(key) && (typeof value === "string" || typeof value === "object");
  if (isHidden && value !== null) return "***";
  if (typeof value === "string" && OPAQUE_KEY.test(key) && OPAQUE.test(value)) return "***";
  if (typeof value === "string") return mask(value).slice(0, textCharsMax);
  return value instanceof Error ? describe(value, errorDepthMax) : value;
}

function describe(error: Error, depth: number): Record<string, unknown> {
  if (isExpected(error)) {
    return {
      code: error.code,
      reason: error.cause === undefined ? undefined : explainError(error),
    };
  }
  const within = (inner: unknown): unknown => {
    if (!(inner instanceof Error)) return inner;
    return depth > 0 ? describe(inner, depth - 1) : undefined;
  };
  // A driver's error sometimes has an empty message and only a code (ECONNREFUSED in Bun).
  const code = "code" in error ? error.code : undefined;
  const errors =
    error instanceof AggregateError ? error.errors.slice(0, errorsShownMax).map(within) : undefined;
  const { name, cause } = error;
  // Bun repeats the message at the head of the stack.
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name,
    message: messageOf(error),
    code,
    stack: frames?.join("\n"),
    cause: within(cause),
    errors,
  };
}

/**
 * A fault that is nobody's defect (a client's mistake, an outage, a limit) is its code and one line: it
 * comes as often as there are requests, and a stack would say where it was noticed.
 */
function isExpected(error: Error): error is Fault {
  const root = rootCause(error);
  const isDefect = [TypeError, RangeError, ReferenceError].some((kind) => root instanceof kind);
  return error instanceof Fault && error.kind.onMessage !== "bug" && !isDefect;
}

/** Drizzle's error quotes its statement, and after it the values. */
function messageOf(error: Error): string {
  return "query" in error && "params" in error ? `Failed query: ${error.query}` : error.message;
}

/** Hides secrets inside a text. Hiding too much is fine; the quantifiers are bounded for speed. */
function mask(text: string): string {
  const looked = text.slice(0, maskedCharsMax);
  return MASKS.reduce((masked, [pattern, shown]) => masked.replace(pattern, shown), looked);
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  // A URL's password ends at the last @: browsers and drivers take one with an @ or a slash inside.
  [/(\w{2,32}:\/\/[^\s:/@]{0,256}):\S{0,512}@/g, "$1:***@"],
  // Signed URLs, and keys passed as a query.
  [/([?&][\w.-]{0,64}(?:token|signature|credential|key|secret)=)[^\s&#"']+/gi, "$1***"],
  // What a browser brings back from a sign-in, not `code=ECONNREFUSED`, which is shorter.
  [/((?<![\w-])(?:code|state|nonce)=)[^\s&#"']{16,}/gi, "$1***"],
  // Also as JSON, and as JSON inside JSON.
  [
    /((?:password|passwd|secret|verifier|api[-_ ]?key)[\\"']{0,4}\s?[=:]\s?[\\"']{0,4})[^\s"'&,]+/gi,
    "$1***",
  ],
  [/((?:access|refresh|id)[-_]?token[\\"']{0,4}\s?[=:]\s?[\\"']{0,4})[^\s"'&,]+/gi, "$1***"],
  [/\b(s_(?:access|refresh|state)=)[^\s;,"']+/g, "$1***"],
  // The private members of a JSON Web Key: 43 characters and more, which no id has.
  [/(\b(?:d|p|q|dp|dq|qi)[\\"']{0,4}\s?[=:]\s?[\\"']{0,4})[\w-]{43,}/g, "$1***"],
  [/\b(Bearer|Basic) [\w.~+/=-]{16,}/gi, "$1 ***"],
  [/\b(sk|key)-[\w-]{8,}/g, "$1-***"],
  [/\b(?:AIza[\w-]{20,}|eyJ[\w-]{8,1024}(?:\.[\w-]*){1,4})/g, "***"],
];
