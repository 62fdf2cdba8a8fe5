import * as v from "valibot";
import { faultOfServerError, readServerError, type ServerError } from "./server-error.ts";

/** Tokens as the server counts them. */
interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What a chat completion says, wherever its server puts it. */
export interface Completion {
  readonly usage: Usage | undefined;
  /** The server's trouble, told in a 200. */
  readonly error?: ServerError;
  /** The model's own words for a refusal, or the reason why its server ended the reply. */
  readonly refusal?: string;
  /** What the model wrote, and what it thought; "" when nothing is found. */
  readonly text: string;
  readonly thoughts: string;
  /** The server ended the text at a limit. */
  readonly isCutOff: boolean;
}

/**
 * Reads a reply with status 200. The text is the content, as a string, in parts or as an object, else the
 * arguments of a tool call. Servers with a reasoning parser put all of a reply among the thoughts when it
 * closes no tag.
 *
 * @param reply parsed, or as text when it was not sent as JSON
 */
export function readCompletion(reply: unknown): Completion {
  const said = typeof reply === "string" ? parseText(reply) : reply;
  // Hugging Face's servers list what they generated.
  const body: unknown = Array.isArray(said) ? said[0] : said;
  const usage = usageOf(body);
  const choice = choiceOf(body);
  const error = errorIn(body) ?? errorIn(choice);
  if (error !== undefined) return { ...nothing, usage, error: readServerError(200, error) };
  if (!choice) return withoutChoice(body, usage);
  const message = messageOf(choice);
  const text = textIn(message);
  const ending = textOf(choice.finish_reason).toLowerCase();
  if (text === "" && troubles.has(ending)) {
    return { ...nothing, usage, error: readServerError(200, ending) };
  }
  const refusal = refusalIn(message, ending);
  return {
    usage,
    ...(refusal ? { refusal } : {}),
    text,
    thoughts: thoughtsIn(message),
    isCutOff: cutOffs.has(ending),
  };
}

/** What one chunk of a streamed reply adds. */
export interface Delta {
  readonly usage: Usage | undefined;
  readonly error?: ServerError | undefined;
  readonly refusal?: string;
  readonly text: string;
  /** It is a whole reply, which some servers send at the end, or instead of a stream. */
  readonly isWhole: boolean;
  /** The reply ends with it; `cut off`: at a limit of the server's. */
  readonly end?: "complete" | "cut off" | undefined;
}

/** Reads a chunk of a reply that streams. What the model thinks is left out. */
export function readDelta(chunk: unknown): Delta {
  const fields = recordOf(chunk);
  const usage = fields?.usage ? usageOf(chunk) : undefined;
  const choice = choiceOf(chunk);
  const said = errorIn(chunk) ?? errorIn(choice);
  if (said !== undefined) {
    return { usage, text: "", isWhole: false, error: readServerError(200, said) };
  }
  if (!choice) {
    const { error } = Array.isArray(fields?.choices) ? {} : withoutChoice(chunk, usage);
    return { usage, text: "", isWhole: false, error };
  }
  const delta = recordOf(choice.delta);
  const message = delta ?? messageOf(choice);
  const text = partOf(message.content, "text") || textOf(message.text);
  const ending = textOf(choice.finish_reason).toLowerCase();
  if (troubles.has(ending)) {
    return { usage, text, isWhole: false, error: readServerError(200, ending) };
  }
  const end = ending === "" ? undefined : cutOffs.has(ending) ? "cut off" : "complete";
  return { usage, text, isWhole: !delta, refusal: refusalIn(message, ending), end };
}

function refusalIn(message: Fields, ending: string): string {
  const said = textOf(message.refusal) || partOf(message.content, "refusal");
  return said || (refusals.test(ending) ? ending : "");
}

const nothing = { text: "", thoughts: "", isCutOff: false };

type Fields = Readonly<Record<string, unknown>>;

/** Of OpenAI, Azure, Gemini, Zhipu, Anthropic, Bedrock. */
const refusals =
  /content_?filter|safety|recitation|prohibited|blocklist|spii|sensitive|refusal|moderation|guardrail/;
const cutOffs: ReadonlySet<string> = new Set([
  "length",
  "max_tokens",
  "max_output_tokens",
  "model_length",
  "model_context_window_exceeded",
]);
/** Of OpenRouter, Zhipu, DeepSeek and vLLM: the server's trouble. */
const troubles: ReadonlySet<string> = new Set([
  "error",
  "network_error",
  "insufficient_system_resource",
  "abort",
]);

/** A body without a choice may say why, without calling it an error, or have the text in a form of its own. */
function withoutChoice(body: unknown, usage: Usage | undefined): Completion {
  const { message, detail, msg } = recordOf(body) ?? {};
  const error = readServerError(200, body);
  const isError = [message, detail, msg].some((said) => typeof said === "string");
  if (isError || faultOfServerError(error).code !== "MODEL_UNAVAILABLE") {
    return { ...nothing, usage, error };
  }
  return { ...nothing, usage, text: recordOf(body) ? JSON.stringify(body) : "" };
}

function errorIn(value: unknown): unknown {
  const { error, errors } = recordOf(value) ?? {};
  if (!error && !errors) return undefined;
  return [error, errors].find((said) => said && Object.keys(Object(said)).length > 0);
}

/** What the reply is. Ollama's own endpoint has the message at the top. */
function choiceOf(body: unknown): Fields | undefined {
  const fields = recordOf(body);
  const choices = fields?.choices;
  if (Array.isArray(choices)) {
    // A gateway to Claude puts each part of a reply into a choice of its own.
    const said = choices.map(recordOf).find((choice) => choice && textIn(messageOf(choice)) !== "");
    return said ?? recordOf(choices[0]);
  }
  return recordOf(fields?.message) ? fields : fields && otherProtocol(fields);
}

/** A reply of Anthropic's protocol, of OpenAI's for responses or of Gemini's, which all tell thoughts from text. */
function otherProtocol({ content, stop_reason, output, ...rest }: Fields): Fields | undefined {
  if (Array.isArray(content)) return { message: { content }, finish_reason: stop_reason };
  if (Array.isArray(output)) {
    const items = output.filter((item) => !isThought(item)).map((item) => recordOf(item)?.content);
    const ending = recordOf(rest.incomplete_details)?.reason;
    return { message: { content: items.flat() }, finish_reason: ending };
  }
  const candidate = Array.isArray(rest.candidates) ? recordOf(rest.candidates[0]) : undefined;
  const parts = recordOf(candidate?.content)?.parts;
  return candidate && { message: { content: parts }, finish_reason: candidate.finishReason };
}

function messageOf(choice: Fields): Fields {
  if (typeof choice.message === "string") return { content: choice.message };
  return recordIn(choice, "message", "delta") ?? choice;
}

function textIn(message: Fields): string {
  const content = contentText(message.content) || textOf(message.text);
  if (content.trim() !== "") return content;
  return toolArguments(message) || (recordOf(message.parsed) ? JSON.stringify(message.parsed) : "");
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (typeof content !== "object" || content === null) return "";
  const text = partOf(content, "text");
  return text || JSON.stringify(content);
}

/** What the parts of a content say under one name, thoughts left out. */
function partOf(content: unknown, name: "text" | "refusal"): string {
  if (typeof content === "string") return name === "text" ? content : "";
  const parts: unknown[] = Array.isArray(content) ? content : [content];
  return parts
    .map((part) => {
      if (typeof part === "string") return name === "text" ? part : "";
      const fields = recordOf(part) ?? {};
      if (isThought(fields)) return "";
      return textOf(fields[name]) || textOf(recordOf(fields[name])?.value);
    })
    .join("");
}

function isThought(part: unknown): boolean {
  const { type, thought } = recordOf(part) ?? {};
  return thought === true || /think|reason/.test(String(type));
}

function toolArguments(message: Fields): string {
  const calls = message.tool_calls;
  const called = Array.isArray(calls) ? calls.map((call) => recordIn(call, "function")) : [];
  // Some models begin with a call that is empty.
  return [...called, recordIn(message, "function_call")].map(argumentsOf).join("\n").trim();
}

function argumentsOf(call: Fields | undefined): string {
  const given = call?.arguments;
  if (typeof given === "string") return given;
  return recordOf(given) ? JSON.stringify(given) : "";
}

function thoughtsIn(message: Fields): string {
  const fields = ["reasoning_content", "reasoning", "thinking"];
  return fields.map((name) => textOf(message[name])).find(Boolean) ?? "";
}

const ReportedUsage = v.object({ prompt_tokens: v.number(), completion_tokens: v.number() });

/** Not every server counts, and one that counts oddly has replied all the same. */
function usageOf(body: unknown): Usage | undefined {
  const parsed = v.safeParse(ReportedUsage, recordOf(body)?.usage);
  if (!parsed.success) return undefined;
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = parsed.output;
  return { promptTokens, completionTokens };
}

/** A JSON body under another type, or a stream nobody asked for: its pieces in one. */
function parseText(text: string): unknown {
  const whole = parse(text);
  if (whole !== undefined) return whole;
  // The page of a web interface or a gateway: the address is not that of an API.
  if (/^\s*<(?:!doctype|html)/i.test(text))
    return { error: { code: 404, message: "an HTML page" } };
  const lines = text.matchAll(/^(?:data:\s*)?(\{.*\})\s*$/gm).toArray();
  const chunks = lines.map(([, json = ""]) => parse(json));
  const choices = chunks.map((chunk) => choiceOf(chunk) ?? {});
  const said = choices.map(messageOf);
  const finish_reason = choices.map((choice) => choice.finish_reason).findLast(Boolean);
  const message = {
    content: said.map(({ content }) => textOf(content)).join(""),
    reasoning_content: said.map(thoughtsIn).join(""),
  };
  return {
    error: chunks.map(errorIn).find(Boolean),
    usage: chunks.map((chunk) => recordOf(chunk)?.usage).findLast(Boolean),
    ...(chunks.length > 0 ? { choices: [{ finish_reason, message }] } : {}),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function recordOf(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first of the named fields that is an object. */
function recordIn(value: unknown, ...names: string[]): Fields | undefined {
  const fields = recordOf(value);
  return names.map((name) => recordOf(fields?.[name])).find((found) => found !== undefined);
}
