import type { FaultCode } from "#lib/error/fault-table.ts";
import { faultOfServerError, type ServerError } from "./server-error.ts";

/**
 * How a request is put to one model of one server: what the protocol leaves open and servers differ in.
 * A request begins with what OpenAI takes; each field that a server refuses by name is put in the next
 * way, and the way that is taken is remembered for as long as the process runs.
 */
export interface Dialect {
  /** How the reply's schema is asked for; with the last two it stands in the prompt. */
  readonly format: "strict" | "json_schema" | "json_object" | "text";
  /** The parameter that bounds the reply. */
  readonly limit: "max_completion_tokens" | "max_tokens" | "none";
  /** Whether the instructions are a message of their own, or the beginning of the user's. */
  readonly systemRole: boolean;
  /** Whether the photo's resolution may be named. */
  readonly detail: boolean;
  /** Whether a reply may be streamed, and whether its stream may be asked to end with what it has cost. */
  readonly stream: boolean;
  readonly streamUsage: boolean;
}

export const openAiDialect: Dialect = {
  format: "strict",
  limit: "max_completion_tokens",
  systemRole: true,
  detail: true,
  stream: true,
  streamUsage: true,
};

/** The next way to put what `error` names; undefined when it names nothing that can be put otherwise. */
export function nextDialect(dialect: Dialect, error: ServerError): Dialect | undefined {
  const { status, words } = error;
  if (!refusesFields.has(status) || !saysOfFields.has(faultOfServerError(error).code)) {
    return undefined;
  }
  const format = nextFormat(dialect.format, words);
  if (format) return { ...dialect, format };
  if (dialect.limit !== "none" && limits.test(words)) {
    return { ...dialect, limit: dialect.limit === "max_tokens" ? "none" : "max_tokens" };
  }
  if (dialect.detail && /\bdetail\b/i.test(words)) return { ...dialect, detail: false };
  if (dialect.systemRole && systemRole.test(words)) return { ...dialect, systemRole: false };
  if (dialect.streamUsage && streamUsage.test(words)) return { ...dialect, streamUsage: false };
  if (dialect.stream && stream.test(words)) return { ...dialect, stream: false };
  return undefined;
}

/** 0 is an error in a 200; 404 and 500 are what gateways and templates make of an unknown field. */
const refusesFields: ReadonlySet<number> = new Set([0, 400, 404, 415, 422, 500, 501]);
/** The other faults are about the account, the limits or the content. */
const saysOfFields: ReadonlySet<FaultCode> = new Set([
  "MODEL_REJECTED",
  "MODEL_UNAVAILABLE",
  "MODEL_ACCESS_DENIED",
]);

const limits = /max_(?:completion_|output_|new_)?tokens/i;
const systemRole =
  /system\W{0,3}(?:role|message|prompt|instruction)|role\W{1,4}system|developer instruction|must alternate/i;
const streamUsage = /stream_?options|include_?usage/i;
const stream = /\bstream(?:ing|ed)?\b/i;
const formats =
  /response_?format|json_?schema|json_?object|structured[ _-]?output|grammar|guided_|\bschema\b|additionalproperties|\bstrict\b/i;

function nextFormat(format: Dialect["format"], words: string): Dialect["format"] | undefined {
  if (format === "text" || !formats.test(words)) return undefined;
  if (format === "strict" && /\bstrict\b/i.test(words)) return "json_schema";
  return format === "json_object" ? "text" : "json_object";
}
