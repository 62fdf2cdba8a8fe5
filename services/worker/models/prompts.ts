import answerText from "../prompts/answer.md" with { type: "text" };
import chatText from "../prompts/chat.md" with { type: "text" };
import schemaText from "../prompts/schema.md" with { type: "text" };
import summaryText from "../prompts/summary.md" with { type: "text" };
import understandingText from "../prompts/understanding.md" with { type: "text" };
import visionText from "../prompts/vision.md" with { type: "text" };
import { answerJsonSchema, classificationJsonSchema } from "./model-output.ts";

export const prompts = { vision: visionText, answer: answerText } as const;
/** Of conversations: nothing is stored under their version. */
export const chatPrompts = {
  understanding: understandingText,
  reply: chatText,
  summary: summaryText,
} as const;

/** Changes with every edit of a prompt or of a schema, so that what is stored can be tied to what was asked. */
export const promptsVersion = Bun.SHA256.hash(
  JSON.stringify([prompts, schemaText, classificationJsonSchema, answerJsonSchema]),
  "hex",
).slice(0, 12);

/** The end of a system prompt for a model whose server does not hold it to the schema. */
export function withSchema(prompt: string, schema: unknown): string {
  return `${prompt}${schemaText}\n${JSON.stringify(schema)}\n`;
}
