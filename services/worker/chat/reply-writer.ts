import type { ChatRun } from "#lib/chat/turn.ts";

/**
 * Writes an answer as fast as it comes, and no faster than it can be kept: what comes while a write is under way goes
 * with the next one, in order. So nobody who reads a model waits for a write, and there is at most one.
 */
export class ReplyWriter {
  readonly #run: Pick<ChatRun, "write" | "replace">;
  readonly #onFailure: (error: unknown) => void;
  #unwritten = "";
  #replaces: boolean;
  #hasText: boolean;
  #writing: Promise<void> | undefined;

  /** @param onFailure called when a write fails: nothing is written from then on */
  constructor(
    run: Pick<ChatRun, "write" | "replace" | "written">,
    onFailure: (error: unknown) => void,
  ) {
    this.#run = run;
    this.#onFailure = onFailure;
    this.#hasText = run.written !== "";
    this.#replaces = this.#hasText;
  }

  write(text: string): void {
    this.#unwritten += text;
    if (!this.#writing && this.#unwritten) this.#start();
  }

  /** What was written is void. */
  restart(): void {
    this.#unwritten = "";
    this.#replaces = this.#hasText;
  }

  /** Resolves when all is written; rejects when a write has failed. */
  async end(): Promise<void> {
    if (this.#replaces && !this.#writing) this.#start();
    await this.#writing;
  }

  #start(): void {
    const writing = this.#writeAll();
    this.#writing = writing;
    // Whoever ends the answer hears of it, but may not have come to that yet.
    writing.catch(this.#onFailure);
  }

  async #writeAll(): Promise<void> {
    while (this.#unwritten || this.#replaces) {
      const text = this.#unwritten;
      const isNew = this.#replaces;
      this.#unwritten = "";
      this.#replaces = false;
      this.#hasText = true;
      await (isNew ? this.#run.replace(text) : this.#run.write(text));
    }
    this.#writing = undefined;
  }
}
