import type { ServerError } from "./server-error.ts";

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
}

export const openAiDialect: Dialect = {
  format: "strict",
  limit: "max_completion_tokens",
  systemRole: true,
  detail: true,
};

/** The next way to put what `error` names; undefined when it names nothing that can be put otherwise. */
export function nextDialect(
  dialect: Dialect,
  { status, words }: Pick<ServerError, "status" | "words">,
): Dialect | undefined {
  if (!refusesFields.has(status)) return undefined;
  const format = nextFormat(dialect.format, words);
  if (format) return { ...dialect, format };
  if (/max_(?:completion_|output_|new_)?tokens/i.test(words) && dialect.limit !== "none") {
    const limit = dialect.limit === "max_completion_tokens" ? "max_tokens" : "none";
    return { ...dialect, limit };
  }
  if (/\bdetail\b/i.test(words) && dialect.detail) return { ...dialect, detail: false };
  if (
    /system\W{0,3}(?:role|message|prompt|instruction)|role\W{1,4}system|developer instruction|must alternate/i.test(
      words,
    ) &&
    dialect.systemRole
  ) {
    return { ...dialect, systemRole: false };
  }
  return undefined;
}

/** 0 is an error in a 200; 404 and 500 are what gateways and templates make of an unknown field. */
const refusesFields: ReadonlySet<number> = new Set([0, 400, 404, 415, 422, 500, 501]);

function nextFormat(format: Dialect["format"], words: string): Dialect["format"] | undefined {
  const isNamed =
    /response_?format|json_?schema|json_?object|structured[ _-]?output|grammar|guided_|\bschema\b|additionalproperties|\bstrict\b/i;
  if (!isNamed.test(words) || format === "text") return undefined;
  if (format === "strict" && /\bstrict\b/i.test(words)) return "json_schema";
  return format === "json_object" ? "text" : "json_object";
}
