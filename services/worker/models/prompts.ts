import answerText from "../prompts/answer.md" with { type: "text" };
import schemaText from "../prompts/schema.md" with { type: "text" };
import visionText from "../prompts/vision.md" with { type: "text" };

/** A system prompt. `version` changes with every edit, so what is cached can be tied to it. */
export interface Prompt {
  readonly text: string;
  /** First 12 hex digits of the SHA-256 of the text. */
  readonly version: string;
}

export const visionPrompt = promptOf(visionText);
export const answerPrompt = promptOf(answerText);

/** The end of a system prompt for a model whose server does not hold it to the schema. */
export function withSchema(prompt: string, schema: unknown): string {
  return `${prompt}${schemaText}\n${JSON.stringify(schema)}\n`;
}

function promptOf(text: string): Prompt {
  return { text, version: Bun.SHA256.hash(text, "hex").slice(0, 12) };
}
