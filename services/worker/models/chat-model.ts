import type { CallPermit, Usage } from "./model-guard.ts";

/** What a conversation needs of a model, beside what a scan does. */
export interface ChatModel {
  /** What a message asks. Paid for only where rules do not tell (`chat/intent.ts`). */
  understand(input: ChatInput, permit: CallPermit): Promise<Understanding>;
  /**
   * Writes an answer, piece by piece as it comes. What the model thinks is not written.
   *
   * Rejects with a `Fault`: `MODEL_REFUSED` when it will not answer, `MODEL_OUTPUT_INVALID` when it says nothing,
   * `MODEL_UNAVAILABLE` when the reply breaks off.
   */
  reply(input: ChatInput, permit: CallPermit, sink: ReplySink): Promise<Usage | undefined>;
  /** One paragraph that stands for the given part of a conversation. */
  summarise(input: ChatInput, permit: CallPermit): Promise<string>;
}

/** JSON: data, never instructions. */
export type ChatInput = Readonly<Record<string, unknown>>;

export interface ReplySink {
  /** Does not wait: a model is read as fast as it writes. */
  write(text: string): void;
  /** What was written was no part of the answer. */
  restart(): void;
}

export const INTENTS = [
  "waste",
  "character",
  "location",
  "collection_point",
  "bulk_waste",
  "general",
] as const;
export type Intent = (typeof INTENTS)[number];

export interface Understanding {
  /** Each once. */
  readonly intents: readonly { readonly intent: Intent; readonly confidence: number }[];
  /** The message as it would be asked by somebody who has not said anything before; "" as it stands. */
  readonly question: string;
}
