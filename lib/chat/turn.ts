/** What one user message asks, with everything an answer may use. */
export interface ChatTurn {
  readonly jobId: string;
  readonly chatId: string;
  readonly messageId: string;
  readonly userId: string;
  readonly message: string;
  readonly imageUrl: string | null;
  readonly location: { readonly latitude: number; readonly longitude: number } | null;
  readonly model: string | null;
  /** Older turns, oldest first, newest last, without this message; `summary` stands for what is not in it. */
  readonly history: {
    readonly summary: string | null;
    readonly messages: readonly { readonly role: "user" | "assistant"; readonly content: string }[];
  };
}

export type ChatStage = "intent" | "vision" | "tools" | "answer";

export interface ChatSource {
  readonly type: string;
  readonly id: string;
  readonly title: string;
  readonly url: string | null;
}

export interface ChatOutcome {
  readonly intents: readonly string[];
  readonly sources: readonly ChatSource[];
  readonly usage: {
    readonly model: string;
    readonly input_tokens: number;
    readonly output_tokens: number;
  } | null;
  readonly title: string | null;
  readonly summary: string | null;
}

/** Makes the start of a stage visible. */
export type Start = () => Promise<void>;

/** What the conversation asks of the run of a job. What a promise stands for is durable or visible when it resolves. */
export interface ChatRun {
  readonly signal: AbortSignal;
  /**
   * A stage's output once: the checkpoint of an earlier delivery instead of doing (and paying) it again. Work calls
   * `start` before it pays, asks or waits for anybody. What needs nobody is shown with the step that comes next, and
   * another delivery does it again.
   */
  once<T>(stage: Exclude<ChatStage, "answer">, work: (start: Start) => Promise<T>): Promise<T>;
  /** Shows that the answer begins. To be called before the first text. */
  startAnswer(): Promise<void>;
  /**
   * Appends to the assistant message; batched (50 ms / 256 bytes) by the run, not by the caller.
   *
   * @throws what has kept earlier text from being written
   */
  write(text: string): void;
  /** The text written by an earlier delivery ('' at first): continue or replace. */
  readonly written: string;
  /** Everything written so far is void; clients get a `snapshot`. */
  replace(text: string): void;
  /** Asks the client; null when 60 s pass or it declines. */
  ask(type: "location" | "confirmation"): Promise<unknown | null>;
}

/** The whole of an answer. */
export type Converse = (turn: ChatTurn, run: ChatRun) => Promise<ChatOutcome>;
