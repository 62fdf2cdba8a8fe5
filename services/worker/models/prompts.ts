import answerText from "../prompts/answer.md" with { type: "text" };
import visionText from "../prompts/vision.md" with { type: "text" };

/** A system prompt. `version` changes with every edit, so what is cached can be tied to it. */
export interface Prompt {
  readonly text: string;
  /** First 12 hex digits of the SHA-256 of the text. */
  readonly version: string;
}

export const visionPrompt = promptOf(visionText);
export const answerPrompt = promptOf(answerText);

function promptOf(text: string): Prompt {
  return { text, version: Bun.SHA256.hash(text, "hex").slice(0, 12) };
}
