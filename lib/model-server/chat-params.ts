import type { Dialect } from "./dialect.ts";

/** A question to a model. */
export interface ChatQuestion {
  readonly model: string;
  readonly instructions: string;
  /** What the question is about: data, never instructions. */
  readonly data: string;
  /** The data URL of a photo. */
  readonly photoUrl?: string;
  /** Of the JSON object that the reply is; absent: the reply is prose, and streamed. */
  readonly schema?: JsonSchema;
  readonly tokensMax: number;
}
interface JsonSchema {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Whether the server is asked to hold the model to the schema. */
export function isHeldToSchema({ format }: Dialect): boolean {
  return format === "strict" || format === "json_schema";
}

/** The body of a chat completions request. */
export function chatParams(question: ChatQuestion, dialect: Dialect): Record<string, unknown> {
  const { model, tokensMax, schema } = question;
  const format = schema && responseFormat(schema, dialect);
  return {
    model,
    ...(dialect.limit === "none" ? {} : { [dialect.limit]: tokensMax }),
    messages: messagesOf(question, dialect),
    ...(format ? { response_format: format } : {}),
    ...(schema ? {} : streamParams(dialect)),
  };
}

function streamParams({ stream, streamUsage }: Dialect) {
  if (!stream) return {};
  return { stream, ...(streamUsage ? { stream_options: { include_usage: true } } : {}) };
}

function messagesOf(
  { instructions, data, photoUrl: url }: ChatQuestion,
  { systemRole, detail }: Dialect,
) {
  const photo = { type: "image_url", image_url: { url, ...(detail ? { detail: "high" } : {}) } };
  const parts = [
    ...(systemRole ? [] : [{ type: "text", text: instructions }]),
    { type: "text", text: data },
    ...(url === undefined ? [] : [photo]),
  ];
  return [
    ...(systemRole ? [{ role: "system", content: instructions }] : []),
    // Servers of text models take no parts.
    { role: "user", content: parts.length === 1 ? data : parts },
  ];
}

function responseFormat(schema: JsonSchema, { format }: Dialect) {
  switch (format) {
    case "strict": {
      const { name, schema: json } = schema;
      return { type: "json_schema", json_schema: { name, strict: true, schema: json } };
    }
    case "json_schema":
      return { type: "json_schema", json_schema: schema };
    case "json_object":
      return { type: "json_object" };
    case "text":
      return undefined;
  }
}
