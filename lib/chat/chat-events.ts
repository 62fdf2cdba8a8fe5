import type { ChatStep } from "./chat-event.ts";
import type { ChatJob, ChatMessage } from "./chat-message.ts";
import type { QuestionType } from "./chat-seq.ts";
import type { ChatOutcome, ChatStage } from "./turn.ts";

/** How an answer ends, and with what. */
export type ChatEnd =
  | { readonly status: "completed"; readonly outcome: ChatOutcome }
  | {
      readonly status: "cancelled" | "failed";
      readonly error: { readonly code: string; readonly message: string };
    };

/** A stage whose output is kept for a redelivery. */
export type KeptStage = Exclude<ChatStage, "answer">;

/** One delivery's right to write an answer. Of all others the store refuses every step. */
export interface HeldChat {
  readonly job: ChatJob;
  /** What earlier deliveries have written. */
  readonly written: string;
  /** Output of a stage that an earlier delivery has paid for, as JSON. */
  checkpoint(stage: KeptStage): string | undefined;
  /** Emits steps of the answer at once, and keeps a stage's output with them. */
  emit(
    steps: readonly ChatStep[],
    output?: { readonly stage: KeptStage; readonly json: string },
  ): Promise<void>;
  /** Takes text to write, which is made visible with the next step. @throws Fault of an earlier write that failed. */
  write(text: string): void;
  replace(text: string): void;
  /** Resolves when everything is visible. */
  flush(): Promise<void>;
  /**
   * Asks once a job and type, and looks for what was given.
   *
   * @param until ms since the Unix epoch, of a question that was not asked before
   * @returns it as JSON, null when it is declined or the time is up; undefined while it is waited for
   */
  ask(type: QuestionType, until: number): Promise<string | undefined>;
  /** Nothing more is written; the first word about the end stands. @returns it, and the whole text. */
  seal(end: ChatEnd): Promise<SealedChat>;
  /** Lets another delivery take the job, after a failure. */
  release(): Promise<void>;
}

export interface SealedChat {
  readonly end: ChatEnd;
  readonly text: string;
}

/** The events and texts of the running answers, as those who write them need them. */
export interface ChatEvents {
  /**
   * Takes the job for this delivery.
   *
   * @returns "over" when there is nothing left to do; the end that an earlier delivery had decided on.
   * @throws Fault `CANCELLED`; `UNAVAILABLE` while another delivery has it.
   */
  begin(job: ChatJob): Promise<HeldChat | "over" | { readonly end: ChatEnd }>;
  /** The same as a held job's, for whoever ends a job that no delivery has. */
  seal(job: ChatJob, end: ChatEnd): Promise<SealedChat>;
  /** Ends the epoch. `endChat` alone calls it. */
  emitChatEnd(job: ChatJob, steps: readonly ChatStep[]): Promise<void>;
  /** True for a job whose message was answered with an error: its message is to be dropped. */
  isRetracted(jobId: string): Promise<boolean>;
  /** Deletes all that is kept of a job whose chat is gone. */
  forget(jobId: string): Promise<void>;
}

/**
 * What the chat service makes visible before it publishes; the job is in flight from here to its end.
 *
 * @throws Fault `TOO_MANY_CHATS_IN_FLIGHT`; then nothing has become visible.
 * @returns takes it back, as of a scan; false when the job has begun.
 */
export type EmitChatQueued = (
  message: ChatMessage,
) => Promise<(mayCome: boolean) => Promise<boolean>>;
