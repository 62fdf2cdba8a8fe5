import { afterAll, expect, test } from "bun:test";
import { systemClock } from "#lib/clock/clock.ts";
import { generalRecyclable } from "#lib/contract/regulations.ts";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS, type FaultCode } from "#lib/error/fault-table.ts";
import {
  answerReply,
  type Call,
  type Reply,
  startOpenAiServer,
  visionReply,
} from "#lib/testing/openai-server.ts";
import { callWithFallback } from "../models/call-with-fallback.ts";
import type { GuardedModel } from "../models/select-models.ts";
import { unguarded } from "../scan-fixture.ts";
import { createOpenAiModel } from "./openai.ts";
import { createOpenAiClient } from "./openai-client.ts";

/**
 * What OpenAI-compatible servers that people run really reply, and what must come of it: the output that
 * is meant, or the fault that is meant, for how many paid calls of each stage.
 */

const photo = { bytes: new Uint8Array(3), mime: "image/jpeg" } as const;
const seen = {
  major_category: "재활용폐기물",
  middle_category: "무색페트병",
  minor_category: "생수병",
} as const;
const bottle = {
  userInput: "",
  classification: {
    classification: seen,
    situation_tags: [],
    meta: { user_input: "", model: "m", estimate: false },
  },
  regulation: generalRecyclable,
  notes: [],
};

let reply: (call: Call, nth: number) => Reply = ({ stage }) => good(stage);
const server = startOpenAiServer({ script: (call) => reply(call, server.counts[call.stage]) });
afterAll(() => server.stop());

type Stage = Call["stage"];
interface Good {
  readonly classification?: object;
  readonly [key: string]: unknown;
}
const contents: Record<Stage, Good> = {
  vision: Object(visionReply.content),
  answer: Object(answerReply.content),
};
const good = (stage: Stage): Reply => ({ content: contents[stage] });
const textOf = ({ stage }: Call) => JSON.stringify(contents[stage]);
/** A draft that must not be taken for the conclusion. */
const draftOf = (call: Call) => textOf(call).replaceAll("페트", "유리");
const message = (fields: object, rest: object = {}): Reply => ({
  body: JSON.stringify({
    choices: [{ index: 0, finish_reason: "stop", message: fields }],
    ...rest,
  }),
});
const choice = (fields: object): Reply => ({ body: JSON.stringify({ choices: [fields] }) });
const ok = (body: unknown): Reply => ({ body: JSON.stringify(body) });
const error = (status: number, said: string | object, headers = {}): Reply => ({
  status,
  headers,
  error: typeof said === "string" ? { message: said } : said,
});
const call = (args: unknown) => ({
  id: "1",
  type: "function",
  function: { name: "f", arguments: args },
});
const write = (change: (text: string, call: Call) => unknown) => (call: Call) => ({
  content: change(textOf(call), call),
});

/** The text is there, in a wrapper. */
const wrapped: Record<string, (call: Call) => Reply> = {
  "a code fence": write((text) => `\`\`\`json\n${text}\n\`\`\``),
  "a code fence without a language, and prose": write(
    (text) => `Sure:\n\`\`\`\n${text}\n\`\`\`\nBye`,
  ),
  "a code fence that is not closed": write((text) => `\`\`\`json\n${text}`),
  "thoughts before it": write((text) => `<think>\n{maybe PET}\n</think>\n\n${text}`),
  "thoughts with a draft": write((text, c) => `<think>${draftOf(c)}</think>${text}`),
  "thoughts whose opening tag is missing": write((text, c) => `${draftOf(c)}\n</think>\n${text}`),
  "thoughts whose closing tag is missing": write((text, c) => `<think>${draftOf(c)} So: ${text}`),
  "all of it in thoughts": write((text, c) => `<think>${draftOf(c)} ${text}</think>`),
  "thoughts in Mistral's brackets": write((text, c) => `[THINK]${draftOf(c)}[/THINK]${text}`),
  "gpt-oss's channels": write(
    (text, c) =>
      `<|channel|>analysis<|message|>${draftOf(c)}<|end|><|channel|>final<|message|>${text}`,
  ),
  "prose around it": write((text) => `Here is the JSON:\n\n${text}\n\nAnything else?`),
  "prose with braces": write((text) => `For {item}, an object { opens:\n${text}`),
  "a byte order mark": write((text) => `\ufeff${text}`),
  "it said twice": write((text) => `${text}\n${text}`),
  "trailing commas": write((text) => text.replaceAll("}", ",}").replaceAll("]", ",]")),
  "Python's quotes and None": write((text) => text.replaceAll('"', "'").replaceAll("null", "None")),
  "keys without quotes": write((text) => text.replaceAll(/"(\w+)":/g, "$1:")),
  comments: write((text) => text.replace("{", "{ // the item\n")),
  "a closing brace that is missing": write((text) => text.slice(0, -1)),
  "JSON in a string": write((text) => JSON.stringify(text)),
  "JSON in a string in a string": write((text) => JSON.stringify(JSON.stringify(text))),
  "the schema's name around it": ({ stage }) => ({
    content: { [stage === "vision" ? "classification" : "answer"]: contents[stage] },
  }),
  "another name around it": ({ stage }) => ({ content: { result: { data: contents[stage] } } }),
  "a list around it": ({ stage }) => ({ content: [contents[stage]] }),
  "a tool call as text": write((text) => `<tool_call>{"name":"f","arguments":${text}}</tool_call>`),
  "a level left out": ({ stage }) => ({
    content: { ...contents[stage], ...contents[stage].classification, classification: undefined },
  }),
  "keys in camel case": write((text) => text.replaceAll(/_([a-z])/g, (_, c) => c.toUpperCase())),
  "content in parts": (c) => message({ content: [{ type: "text", text: textOf(c) }] }),
  "content in many parts": (c) =>
    message({ content: [...textOf(c)].map((text) => ({ type: "text", text })) }),
  "parts with thoughts": (c) =>
    message({
      content: [
        { type: "thinking", thinking: [{ type: "text", text: draftOf(c) }] },
        { type: "text", text: textOf(c) },
      ],
    }),
  "content as an object": ({ stage }) => message({ content: contents[stage] }),
  "parts in an object": (c) => message({ content: { parts: [{ text: textOf(c) }] } }),
  "a message that is a text": (c) => choice({ message: textOf(c) }),
  "text in reasoning beside blank content": (c) =>
    message({ content: "\n\n", reasoning: textOf(c) }),
  "an object that the server parsed": ({ stage }) =>
    message({ content: null, parsed: contents[stage] }),
  "the form of another protocol": (c) =>
    ok({ candidates: [{ content: { parts: [{ text: textOf(c) }] } }] }),
  "no form at all": ({ stage }) => ok(contents[stage]),
  "an error that is empty": (c) => message({ content: textOf(c) }, { error: {} }),
  "text in reasoning_content": (c) => message({ content: null, reasoning_content: textOf(c) }),
  "text in reasoning": (c) => message({ content: "", reasoning: `${draftOf(c)} ${textOf(c)}` }),
  "a tool call": (c) =>
    choice({
      finish_reason: "tool_calls",
      message: { content: null, tool_calls: [call(textOf(c))] },
    }),
  "a tool call with an object": ({ stage }) => message({ tool_calls: [call(contents[stage])] }),
  "a function call": (c) => message({ content: null, function_call: { arguments: textOf(c) } }),
  "text beside no message": (c) => choice({ text: textOf(c), finish_reason: "stop" }),
  "no reason for the end": (c) => choice({ message: { content: textOf(c) }, finish_reason: null }),
  "a whole text at the limit": (c) => ({ content: textOf(c), finishReason: "length" }),
  "Ollama's own form": (c) => ok({ message: { content: textOf(c) }, done: true }),
  "a type that is not JSON": (c) => ({
    ...message({ content: textOf(c) }),
    headers: { "content-type": "text/plain" },
  }),
  "GLM's box": write((text) => `<|begin_of_box|>${text}<|end_of_box|>`),
  "a tag around it": write((text) => `<answer>\n${text}\n</answer>`),
  "tokens of the template behind it": write((text) => `${text}<|im_end|>\n<|endoftext|>`),
  "its language before it": write((text) => `json\n${text}`),
  "quotes of a word processor": write((text) => text.replaceAll(/"([^"]*)"/g, "“$1”")),
  "underscores escaped for Markdown": write((text) => text.replaceAll("_", "\\_")),
  "letters escaped twice": write((text) =>
    text.replaceAll(/[가-힣]/g, (one) => `\\\\u${one.charCodeAt(0).toString(16)}`),
  ),
  "entities of HTML": write((text) => text.replaceAll('"', "&quot;")),
  "Python's True and False": write((text) => `{"is_waste": True, ${text.slice(1)}`),
  "keys with hyphens": write((text) => text.replaceAll(/_([a-z])/g, "-$1")),
  "keys with capitals and blanks": write((text) =>
    text.replaceAll(/"([a-z_]+)":/g, (_, key) => `"${key.replaceAll("_", " ").toUpperCase()}":`),
  ),
  "values in the schema's own form": ({ stage }) => ({
    content: { type: "object", properties: contents[stage] },
  }),
  "a schema before the values": write((text) => `{"type":"object","properties":{}}\n${text}`),
  "a call by name and parameters": write((text) => `{"name":"f","parameters":${text}}`),
  "content in a list of texts": (c) => message({ content: [textOf(c)] }),
  "an object for choices": (c) => ok({ choices: { message: { content: textOf(c) } } }),
  "OpenAI's other protocol": (c) =>
    ok({ output: [{ type: "message", content: [{ type: "output_text", text: textOf(c) }] }] }),
  "OpenAI's other protocol, with thoughts": (c) =>
    ok({
      output: [
        { type: "reasoning", summary: [{ type: "summary_text", text: draftOf(c) }] },
        { type: "message", content: [{ type: "output_text", text: textOf(c) }] },
      ],
    }),
  "Anthropic's form": (c) =>
    ok({
      content: [
        { type: "thinking", thinking: draftOf(c) },
        { type: "text", text: textOf(c) },
      ],
      stop_reason: "end_turn",
    }),
  "Hugging Face's form": (c) => ok([{ generated_text: textOf(c) }]),
  "a field named response": (c) => ok({ response: textOf(c), done: true }),
  "Gemini's own form, with thoughts": (c) =>
    ok({
      candidates: [
        { content: { parts: [{ text: draftOf(c), thought: true }, { text: textOf(c) }] } },
      ],
    }),
  "a stream of Ollama's": (c) => ({
    headers: { "content-type": "application/x-ndjson" },
    body: [...textOf(c)].map((content) => `${JSON.stringify({ message: { content } })}\n`).join(""),
  }),
  "a byte order mark before the whole reply": (c) => ({
    body: `\ufeff${JSON.stringify({ choices: [{ message: { content: textOf(c) } }] })}\r\n`,
  }),
  "signs of life before the reply": (c) => ({
    body: `${"\n         ".repeat(20)}${JSON.stringify({ choices: [{ message: { content: textOf(c) } }] })}`,
  }),
  "a stream with comments, events and CRLF": (c) => ({
    headers: { "content-type": "text/event-stream" },
    body: `: OPENROUTER PROCESSING\r\n\r\n${[...textOf(c)]
      .map(
        (content) =>
          `event: message\r\nid: 1\r\ndata:${JSON.stringify({ choices: [{ delta: { content } }] })}\r\n\r\n`,
      )
      .join("")}data: [DONE]\r\n\r\n`,
  }),
  "an empty call before the call": (c) =>
    message({ content: null, tool_calls: [call("{}"), call(textOf(c))] }),
  "an empty choice before the choice": (c) =>
    ok({ choices: [{ message: { content: "" } }, { message: { content: textOf(c) } }] }),
  "carriage returns and tabs inside": write((text) => text.replaceAll(",", ",\r\n\t")),
  "an example before it": write((text) => `Format: {"a": "..."}\n\n${text}`),
  "a list of fields in a table's cell": write((text) => `| field |\n|---|\n| ${text} |`),
  "full-width punctuation": write((text) => text.replaceAll('":', '"：').replaceAll(',"', '，"')),
  "a stream nobody asked for": (c) => ({
    headers: { "content-type": "text/event-stream" },
    body: `${[...textOf(c)]
      .map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
      .join("")}data: [DONE]\n\n`,
  }),
};

const formatOf = ({ body }: Call): string => body.response_format?.type ?? "text";
const hasSchema = ({ body }: Call) =>
  JSON.stringify(body.messages).includes("additionalProperties");
const unless = (refused: (call: Call) => unknown, how: Reply) => (call: Call) =>
  refused(call) ? how : hasSchema(call) || formatOf(call) === "json_schema" ? good(call.stage) : {};
const onlyFormat = "'response_format.type' must be 'text' or 'json_object'";

/** A field is refused, and the text comes without it. With the schema in the prompt, or held to it. */
const fields: Record<string, (call: Call) => Reply> = {
  "no json_schema": unless((c) => formatOf(c) === "json_schema", error(400, onlyFormat)),
  "no json_schema, said by DeepSeek": unless(
    (c) => formatOf(c) === "json_schema",
    error(400, "This response_format type is unavailable now"),
  ),
  "no response_format": unless(
    (c) => formatOf(c) !== "text",
    error(422, "response_format: Extra inputs are not permitted"),
  ),
  "no strict": unless(
    ({ body }) => body.response_format?.json_schema?.strict,
    error(400, 'Unknown name "strict" at response_format.json_schema: Cannot find field.'),
  ),
  "a keyword of the schema": unless(
    (c) => formatOf(c) === "json_schema",
    error(400, 'Invalid JSON payload received. Unknown name "additionalProperties"'),
  ),
  "a grammar that cannot be built": unless(
    (c) => formatOf(c) === "json_schema",
    error(500, "failed to parse grammar"),
  ),
  "a route that has no json_schema": unless(
    (c) => formatOf(c) === "json_schema",
    error(404, "No endpoints found that support structured outputs"),
  ),
  "no json_schema, said in a 200": (c) =>
    formatOf(c) === "json_schema" ? ok({ error: { message: onlyFormat } }) : good(c.stage),
  "no max_completion_tokens": unless(
    ({ body }) => body.max_completion_tokens,
    error(400, "Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead."),
  ),
  "a limit below ours": unless(
    ({ body }) => (body.max_completion_tokens ?? body.max_tokens) > 2_048,
    error(400, "max_tokens is too large: 4096. This model supports at most 2048"),
  ),
  "no detail": unless(({ body }) => body.messages[1].content[1]?.image_url?.detail, {
    status: 422,
    body: '{"detail":[{"loc":["body","image_url","detail"],"msg":"Extra inputs are not permitted"}]}',
  }),
  "no system role": unless(
    ({ body }) => body.messages[0].role === "system",
    error(500, "jinja2.exceptions.TemplateError: System role not supported"),
  ),
  "one refusal after another": unless(
    ({ body }) => body.response_format || body.max_completion_tokens,
    error(400, "unknown fields: response_format, max_completion_tokens"),
  ),
  "parts of a message for a text": unless(
    ({ stage, body }) => stage === "answer" && typeof body.messages[1].content !== "string",
    error(400, "messages[1].content: invalid type: sequence, expected a string"),
  ),
};

const openRouter = (code: number, raw: string) =>
  ok({ error: { message: "Provider returned error", code, metadata: { raw } } });

/** The fault stands elsewhere than in the status. */
const faults: Record<string, [FaultCode, Reply]> = {
  "a rate limit in a 200": [
    "MODEL_RATE_LIMITED",
    ok({ error: { message: "Rate limit exceeded: free-models-per-min.", code: 429 } }),
  ],
  "a rate limit in words": ["MODEL_RATE_LIMITED", ok({ error: "Too many requests" })],
  "a rate limit as a 400": ["MODEL_RATE_LIMITED", error(400, { code: "rate_limit_exceeded" })],
  "a rate limit as a 403": ["MODEL_RATE_LIMITED", error(403, "Throttling.RateQuota")],
  "a rate limit as a 413": [
    "MODEL_RATE_LIMITED",
    error(413, "Request too large: tokens per minute (TPM): Limit 6000, Requested 8000"),
  ],
  "a 429 behind a gateway's 500": ["MODEL_RATE_LIMITED", error(500, { code: "429" })],
  "a rate limit of the server behind": [
    "MODEL_RATE_LIMITED",
    openRouter(502, '{"error":{"code":429,"message":"Rate limit reached"}}'),
  ],
  "a rate limit in Gemini's list": [
    "MODEL_RATE_LIMITED",
    { status: 400, body: '[{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}]' },
  ],
  "a rate limit by the day": [
    "MODEL_RATE_LIMITED",
    ok({ error_code: 17, error_msg: "Open api daily request limit reached" }),
  ],
  "402": ["MODEL_QUOTA_EXHAUSTED", error(402, "Insufficient Balance")],
  "402 in a 200": ["MODEL_QUOTA_EXHAUSTED", ok({ error: { message: "No credits", code: 402 } })],
  "no balance as a 403": ["MODEL_QUOTA_EXHAUSTED", error(403, { code: "insufficient_user_quota" })],
  "no balance as a 400": [
    "MODEL_QUOTA_EXHAUSTED",
    error(400, "Your credit balance is too low to access the API."),
  ],
  "no balance in another form": [
    "MODEL_QUOTA_EXHAUSTED",
    ok({ choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } }),
  ],
  "a model that is loading": [
    "MODEL_NOT_READY",
    error(503, { message: "Loading model", type: "unavailable_error" }),
  ],
  "a model that is loading as a 500": ["MODEL_NOT_READY", error(500, "Model is currently loading")],
  "a system that is busy": [
    "MODEL_NOT_READY",
    ok({ code: 50505, message: "System is too busy now" }),
  ],
  "an overload in a 200": ["MODEL_NOT_READY", ok({ error: { message: "Overloaded", code: 529 } })],
  "no resources at the end": [
    "MODEL_NOT_READY",
    choice({ finish_reason: "insufficient_system_resource", message: { content: "" } }),
  ],
  "an overload in a status": ["MODEL_BUSY", ok({ error: { message: "Try later", code: 503 } })],
  "an error in the choice": [
    "MODEL_UNAVAILABLE",
    choice({ finish_reason: "error", error: { code: 502, message: "Upstream" }, message: {} }),
  ],
  "a key that is wrong as a 400": ["MODEL_ACCESS_DENIED", error(400, "API key not valid.")],
  "a path that is wrong in a 200": [
    "MODEL_ACCESS_DENIED",
    ok({ error: "Unexpected endpoint or method. (POST /chat/completions)" }),
  ],
  "a model that is not loaded": ["MODEL_ACCESS_DENIED", error(400, "No models loaded.")],
  "a model without eyes, said by OpenAI": [
    "MODEL_ACCESS_DENIED",
    error(400, "Invalid content type. image_url is only supported by certain models."),
  ],
  "an error without a name": ["MODEL_UNAVAILABLE", ok({ detail: "Something went wrong" })],
  "a model without eyes": ["MODEL_ACCESS_DENIED", error(400, "x does not support image input")],
  "an ending SAFETY": ["MODEL_REFUSED", choice({ finish_reason: "SAFETY", message: {} })],
  "an ending recitation": ["MODEL_REFUSED", choice({ finish_reason: "recitation", message: {} })],
  "an ending sensitive": ["MODEL_REFUSED", choice({ finish_reason: "sensitive", message: {} })],
  "a blocked prompt": [
    "MODEL_REFUSED",
    ok({ choices: [], promptFeedback: { blockReason: "SAFETY" } }),
  ],
  "a refusal as a part": [
    "MODEL_REFUSED",
    message({ content: [{ type: "refusal", refusal: "No." }] }),
  ],
  "a refusal as prose": ["MODEL_REFUSED", { content: "I'm sorry, but I can't help with that." }],
  "a refusal as prose in Korean": ["MODEL_REFUSED", { content: "죄송하지만 분석할 수 없습니다." }],
  "a refusal after thoughts": [
    "MODEL_REFUSED",
    { content: `<think>${"hmm ".repeat(500)}</think>I cannot assist with this request.` },
  ],
  "a refusal as JSON": ["MODEL_REFUSED", { content: { error: "I cannot help with this." } }],
  "an ending of Bedrock's guardrail": [
    "MODEL_REFUSED",
    choice({ finish_reason: "guardrail_intervened", message: { content: "Blocked." } }),
  ],
  "an ending IMAGE_SAFETY": ["MODEL_REFUSED", choice({ finish_reason: "IMAGE_SAFETY" })],
  "an ending PROHIBITED_CONTENT": [
    "MODEL_REFUSED",
    ok({ candidates: [{ finishReason: "PROHIBITED_CONTENT" }] }),
  ],
  "an ending of Claude's": ["MODEL_REFUSED", ok({ content: [], stop_reason: "refusal" })],
  "a filter of Azure's": [
    "MODEL_REFUSED",
    error(400, {
      message: "The response was filtered due to the prompt triggering Azure's policy.",
      code: "content_filter",
      innererror: { code: "ResponsibleAIPolicyViolation" },
    }),
  ],
  "a country that is not served": [
    "MODEL_ACCESS_DENIED",
    error(403, { code: "unsupported_country_region_territory", message: "Country not supported" }),
  ],
  "a hard limit of billing": [
    "MODEL_QUOTA_EXHAUSTED",
    error(400, {
      code: "billing_hard_limit_reached",
      message: "Billing hard limit has been reached",
    }),
  ],
  "an account without a plan as a 429": [
    "MODEL_QUOTA_EXHAUSTED",
    error(429, {
      code: "billing_not_active",
      message: "Your account is not active, please check your billing details.",
    }),
  ],
  "a key in a 200": [
    "MODEL_ACCESS_DENIED",
    ok({ error: { code: 401, message: "User not found." } }),
  ],
  "a proxy's page": [
    "MODEL_UNAVAILABLE",
    { status: 502, headers: { "content-type": "text/html" }, body: "<html>502 Bad Gateway</html>" },
  ],
  "a sign-in page in a 200": [
    "MODEL_ACCESS_DENIED",
    { headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><title>Sign in</title>" },
  ],
  "no memory": ["MODEL_UNAVAILABLE", error(500, "CUDA out of memory. Tried to allocate 2 GiB")],
  "a model that must be pulled": [
    "MODEL_ACCESS_DENIED",
    error(404, 'model "x" not found, try pulling it first'),
  ],
  "a queue that is full": [
    "MODEL_NOT_READY",
    error(503, "server busy, please try again. maximum pending requests exceeded"),
  ],
  "an inspection that failed": ["MODEL_REFUSED", error(400, { code: "data_inspection_failed" })],
  "a moderation as a 403": ["MODEL_REFUSED", error(403, "Your input was flagged")],
};

const change = (stage: Stage, fields: object) => (call: Call) =>
  call.stage === stage ? { content: { ...contents[stage], ...fields } } : good(call.stage);
const category = (fields: object) =>
  change("vision", { classification: { ...contents.vision.classification, ...fields } });
const steps = (disposal_steps: unknown) => change("answer", { disposal_steps });
const [one, two] = Object.values(Object(contents.answer.disposal_steps));

/** The values mean the right thing. */
const values: Record<string, (call: Call) => Reply> = {
  "decomposed Hangul": write((text) => text.normalize("NFD")),
  "format characters": write((text) =>
    text.replaceAll("페", "\u200b페").replaceAll("비", "비\u00ad"),
  ),
  "blanks for underscores": write((text) => text.replaceAll("_", " ")),
  "a category with blanks": category({
    major_category: " 재활용 폐기물",
    middle_category: "무색 페트병",
  }),
  "a category in a sentence": category({
    major_category: "재활용폐기물입니다.",
    middle_category: "무색페트병이에요",
  }),
  "a category and its translation": category({
    major_category: "재활용폐기물 (recyclable waste)",
    middle_category: "무색페트병(PET)",
  }),
  "a category with its number": category({
    major_category: "1. 재활용폐기물",
    middle_category: "'무색페트병'",
  }),
  "a category by its path": category({
    major_category: "재활용폐기물 > 무색페트병",
    middle_category: "재활용폐기물 > 무색페트병",
  }),
  "half a category's path": category({
    major_category: "재활용폐기물/무색페트병",
    middle_category: null,
  }),
  "half-width and compatibility letters": write((text) =>
    text.replaceAll("{", "{ ").replaceAll("(플라스틱)", "（플라스틱）"),
  ),
  "a material for a category": category({ major_category: "무색페트병", middle_category: null }),
  "a tag that is unknown": change("vision", {
    situation_tags: [...Object(contents.vision.situation_tags), "깨끗함", null],
  }),
  "tags in one text": change("vision", { situation_tags: "비닐_라벨_부착, 뚜껑_닫힘(플라스틱)" }),
  "tags as flags": change("vision", {
    situation_tags: { 비닐_라벨_부착: true, 깨짐: false, "뚜껑_닫힘(플라스틱)": true },
  }),
  "categories in lists": category({ major_category: ["재활용폐기물"], minor_category: ["생수병"] }),
  'the word "null"': change("vision", { question: "null" }),
  "steps as a list": steps([one, two]),
  "steps as lines": steps(`1. ${one}\n2. ${two}`),
  "steps as objects": steps([
    { step: 1, text: one },
    { step: 2, text: two },
  ]),
  "steps out of order": steps({ step_2: two, step_1: one, step_3: "None" }),
  "one thing to do as a text": change("answer", { insufficiencies: "비닐 라벨을 떼어 주세요." }),
};

const once = (first: Reply) => (call: Call, nth: number) => (nth === 1 ? first : good(call.stage));

/** The second reply is good, and no third one is paid for. */
const again: Record<string, (call: Call, nth: number) => Reply> = {
  "an empty reply": once({}),
  "prose alone": once({ content: "페트병으로 보여요." }),
  "a reply that is cut off": once({ content: '{"classification":{"major', finishReason: "length" }),
  "a text that stops in the middle": once({ content: '{"user_answer":"라벨을 떼고' }),
  "an answer in English": (c, nth) =>
    c.stage === "answer" && nth === 1
      ? { content: { ...contents.answer, user_answer: "Rinse the bottle." } }
      : good(c.stage),
};

/** Paid calls by quirk. */
const paid: Record<"answered" | "refused", number[]> = { answered: [], refused: [] };

test.each(Object.entries({ ...wrapped, ...values }))("%s is read at once", async (_, quirk) => {
  const { vision, answer } = await scan(quirk);
  expect<unknown>(vision).toEqual(contents.vision);
  expect<unknown>(answer).toEqual(contents.answer);
  expect(server.counts).toEqual({ vision: 1, answer: 1 });
  paid.answered.push(2);
});

test.each(Object.entries(fields))("without %s a model is asked otherwise", async (_, quirk) => {
  const { vision, answer, repeat } = await scan(quirk);
  expect<unknown>(vision).toEqual(contents.vision);
  expect<unknown>(answer).toEqual(contents.answer);
  const before = { ...server.counts };
  await repeat();
  expect(server.counts).toEqual({ vision: before.vision + 1, answer: before.answer + 1 });
  paid.answered.push(2);
});

test.each(Object.entries(again))("%s is asked for again, once", async (_, quirk) => {
  const { vision, answer } = await scan(quirk);
  expect<unknown>(vision).toEqual(contents.vision);
  expect<unknown>(answer).toEqual(contents.answer);
  const asked = server.counts.vision + server.counts.answer;
  expect(asked).toBeWithin(3, 5);
  paid.answered.push(asked);
});

test.each(Object.entries(again))("%s every time is paid for twice", async (_, quirk) => {
  const fault = await faultOf(scan((call) => quirk(call, 1)));
  expect(["MODEL_OUTPUT_INVALID", "MODEL_TRUNCATED"]).toContain(fault.code);
  expect(FAULTS[fault.code].onMessage).toBe("fail");
  expect(Math.max(server.counts.vision, server.counts.answer)).toBe(2);
});

test.each(Object.entries(faults))("%s is its own fault", async (_, [code, said]) => {
  expect((await faultOf(scan(() => said))).code).toBe(code);
  expect(server.counts).toEqual({ vision: 1, answer: 0 });
  if (code === "MODEL_REFUSED") paid.refused.push(server.counts.vision);
});

test("a scan pays little more than its two calls, and a refused one a single call", () => {
  const [answered, refused] = [paid.answered, paid.refused];
  const calls = answered.reduce((sum, count) => sum + count, 0);
  const ofTwo = calls / (2 * answered.length);
  console.log(`${answered.length} answered quirks: ${ofTwo.toFixed(3)} paid calls a stage`);
  console.log(`${refused.length} refused quirks: ${Math.max(...refused)} paid call`);
  expect(answered.length).toBeGreaterThan(100);
  expect(ofTwo).toBeLessThan(1.1);
  expect(new Set(refused)).toEqual(new Set([1]));
});

/** Both stages of a scan by a model that is new to this process. */
async function scan(quirk: typeof reply) {
  server.reset();
  reply = quirk;
  const client = createOpenAiClient({ apiKey: "k", baseURL: server.url });
  const withConnection = <T>(work: () => Promise<T>) => work();
  const model = createOpenAiModel({ name: "m", client, timeoutMs: 5_000, withConnection });
  const guard: GuardedModel["guard"] = {
    withPermit: (_, signal, work) => work(unguarded(signal)),
  };
  const callModel = callWithFallback(() => [{ model, guard }], systemClock);
  const about = { model: "m", submitted_at: systemClock.now(), user_id: "u" };
  const never = new AbortController().signal;
  const ask = async () => {
    const { output } = await callModel(about, never, (one, permit) =>
      one.classify({ photo, userInput: "" }, permit),
    );
    const { question = null, ...seen } = output;
    const answer = await callModel(about, never, (one, permit) => one.answer(bottle, permit));
    return { vision: { ...seen, question }, answer: answer.output };
  };
  return { ...(await ask()), repeat: ask };
}

async function faultOf(scanning: Promise<unknown>): Promise<Fault> {
  const error = await scanning.catch((reason: unknown) => reason);
  if (error instanceof Fault) return error;
  throw new Error(`not a Fault: ${JSON.stringify(error)}`);
}
