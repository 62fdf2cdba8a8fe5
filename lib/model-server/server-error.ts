import { Fault } from "#lib/error/fault.ts";
import type { FaultCode } from "#lib/error/fault-table.ts";

/**
 * What an OpenAI-compatible server says went wrong. Servers and the gateways before them say it in the
 * status, in a 200, in a choice, or as another server's error inside a message, so all they said is read.
 */
export interface ServerError {
  /** The HTTP status, or the one that the body names. 0: the error has none. */
  readonly status: number;
  /** Every text and number in the body. For recognition and the log, never for a client. */
  readonly words: string;
  /** How long to wait, where it is advised. */
  readonly retryAfterMs: number | undefined;
}

/** A `ServerError` on its way through the SDK, which takes an error that mentions a timeout for one. */
export class ErrorReply extends Error {
  readonly error: ServerError;

  constructor(error: ServerError) {
    super("error reply");
    this.error = error;
  }
}

/** @param reply parsed, or its text */
export function readServerError(status: number, reply: unknown, headers?: Headers): ServerError {
  const body = typeof reply === "string" ? bodyOf(reply) : reply;
  const words = wordsIn(body).join(" ").slice(0, wordsCharsMax);
  const isOwn = status >= 400 && !gatewayStatuses.has(status);
  return {
    status: isOwn ? status : (statusIn(body) ?? (status >= 300 ? status : 0)),
    words,
    retryAfterMs: retryAfterMs(headers) ?? adviceIn(body),
  };
}

/** What a scan is told, and what becomes of its message, by what the server said. */
export function faultOfServerError(error: ServerError): Fault {
  const { status, words, retryAfterMs: wait } = error;
  const code = rules.find(
    (rule) => rule.statuses?.includes(status) || rule.said?.test(words),
  )?.code;
  const cause = new Error(`status ${status}: ${words}`);
  return new Fault(code ?? codeOfStatus(status), {
    cause,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

/** Of a web page the title alone says something. */
function bodyOf(text: string): unknown {
  if (/^\s*</.test(text)) return /<title>([^<]*)/i.exec(text)?.[1] ?? "";
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Rule {
  readonly code: FaultCode;
  readonly statuses?: readonly number[];
  readonly said?: RegExp;
}

const saying = (...words: readonly string[]) => new RegExp(words.join("|"), "i");

/** The first that holds. "Your current quota" alone is also what Gemini says of a limit by the minute. */
const rules: readonly Rule[] = [
  {
    code: "MODEL_QUOTA_EXHAUSTED",
    statuses: [402],
    said: saying(
      "insufficient[_ ](?:\\w+[_ ])?(?:quota|balance|credits?|funds)|(?:not enough|out of) credits",
      "credit balance is too low|payment required|billing_(?:hard_limit|not_active)",
      "arrearage|account_deactivated|余额不足|欠费",
    ),
  },
  {
    code: "MODEL_RATE_LIMITED",
    statuses: [429],
    said: saying(
      "rate[ _-]?limit|too ?many ?requests|resource[_ ]?exhausted|throttl",
      "quota ?exceeded|exceeded your current quota|(?:request|usage|daily|concurrency) limit",
      "(?:tokens|requests)[ -]per[ -](?:minute|day)|速率限制|过于频繁",
    ),
  },
  {
    code: "MODEL_REFUSED",
    statuses: [451],
    said: saying(
      "content[ _](?:filter|policy|management)|responsibleai|data_?inspection|prohibited[_ ]content",
      "moderation|flagged|\\bsafety\\b|(?:sensitive|inappropriate|unsafe) content|敏感|不安全|违规",
    ),
  },
  {
    // Whoever says so is there, also to a lone caller; a bare status may be a gateway's.
    code: "MODEL_NOT_READY",
    said: saying(
      "overloaded|(?:model|server|system|service) (?:is )?(?:\\w+ )?(?:loading|starting|busy)",
      "loading model|(?:no|over) capacity|capacity exceeded|insufficient_system_resource|queue is full",
    ),
  },
  // 498 is Groq's, 529 Anthropic's.
  { code: "MODEL_BUSY", statuses: [498, 503, 529] },
  {
    code: "MODEL_ACCESS_DENIED",
    statuses: [301, 302, 303, 307, 308, 401, 403, 404, 405],
    said: saying(
      "(?:invalid|incorrect|missing)[_ ]api[_ ]key|api key not valid|unexpected endpoint",
      "model_not_found|model .{1,80}(?:not found|does not exist|not loaded|is not available)",
      "no models? (?:is |are )?loaded|(?:does not|doesn't|not) support (?:image|vision|multimodal)",
      "images?(?: inputs?)? (?:is|are) not supported|image_url is only supported",
      "not a multimodal model|at most 0 image",
    ),
  },
];

function codeOfStatus(status: number): FaultCode {
  const isAway = status === 0 || status === 408 || status === 409 || status >= 500;
  return isAway ? "MODEL_UNAVAILABLE" : "MODEL_REJECTED";
}

/** Behind these a gateway hides another server's status. */
const gatewayStatuses: ReadonlySet<number> = new Set([400, 500, 502]);
const wordsCharsMax = 4_000;
const depthMax = 8;

function wordsIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null || depth > depthMax) return [];
  return Object.values(value).flatMap((one) => wordsIn(one, depth + 1));
}

/** `code`, `status` or `status_code` of the error, as a number or in digits. */
function statusIn(body: unknown, depth = 0): number | undefined {
  if (typeof body !== "object" || body === null || depth > depthMax) return undefined;
  for (const [key, value] of Object.entries(body)) {
    const status = /^(?:code|status|status_code)$/.test(key) ? Number(value) : Number.NaN;
    if (status >= 400 && status <= 599) return status;
  }
  for (const value of Object.values(body)) {
    const status = statusIn(value, depth + 1);
    if (status !== undefined) return status;
  }
  return undefined;
}

/** Longer advice is as good as none: the message's own time to live would end first. */
const retryAfterMsMax = 10 * 60 * 1_000;

/** `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date; undefined when unusable. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const precise = headers?.get("retry-after-ms");
  const coarse = headers?.get("retry-after");
  return firstWait([
    precise ? Number(precise) : Number.NaN,
    coarse ? Number(coarse) * 1_000 : Number.NaN,
    coarse ? Date.parse(coarse) - Date.now() : Number.NaN,
  ]);
}

/** Gemini's `retryDelay: "7s"`, OpenAI's "try again in 1.2s", Hugging Face's `estimated_time: 20`. */
function adviceIn(body: unknown): number | undefined {
  const text = (JSON.stringify(body) ?? "").slice(0, wordsCharsMax);
  const named = /"(?:retry_?after(?:_seconds)?|retrydelay|estimated_time)":"?([\d.]+)/i.exec(text);
  const said = /(?:again|retry) (?:in|after) (?:(\d+)m)?([\d.]+) ?(ms|s)/i.exec(text);
  const unitMs = said?.[3] === "ms" ? 1 : 1_000;
  return firstWait([
    Number(named?.[1]) * 1_000,
    Number(said?.[1] ?? 0) * 60_000 + Number(said?.[2]) * unitMs,
  ]);
}

function firstWait(candidatesMs: readonly number[]): number | undefined {
  const wait = candidatesMs.find((ms) => Number.isFinite(ms));
  return wait === undefined ? undefined : Math.min(Math.max(0, Math.ceil(wait)), retryAfterMsMax);
}
