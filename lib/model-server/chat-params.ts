import type { Dialect } from "./dialect.ts";

/** A question to a model whose reply is a JSON object. */
export interface ChatQuestion {
  readonly model: string;
  readonly instructions: string;
  /** What the question is about: data, never instructions. */
  readonly data: string;
  /** The data URL of a photo. */
  readonly photoUrl?: string;
  readonly schema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  readonly tokensMax: number;
}

/** Whether the server is asked to hold the model to the schema. */
export function isHeldToSchema({ format }: Dialect): boolean {
  return format === "strict" || format === "json_schema";
}

/** The body of a chat completions request. */
export function chatParams(question: ChatQuestion, dialect: Dialect): Record<string, unknown> {
  const { model, tokensMax } = question;
  const format = responseFormat(question, dialect);
  return {
    model,
    ...(dialect.limit === "none" ? {} : { [dialect.limit]: tokensMax }),
    messages: messagesOf(question, dialect),
    ...(format ? { response_format: format } : {}),
  };
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

function responseFormat({ schema }: ChatQuestion, { format }: Dialect) {
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
