import type { ChatRun } from "#lib/chat/turn.ts";

/** Writes an answer that may begin anew: what is void stays until there is something to show in its place. */
export class ReplyWriter {
  readonly #run: Pick<ChatRun, "write" | "replace">;
  #hasText: boolean;
  #replaces: boolean;

  constructor(run: Pick<ChatRun, "write" | "replace" | "written">) {
    this.#run = run;
    this.#hasText = run.written !== "";
    this.#replaces = this.#hasText;
  }

  /** @throws what has kept earlier text from being written */
  write(text: string): void {
    if (!text) return;
    if (this.#replaces) this.#run.replace(text);
    else this.#run.write(text);
    this.#replaces = false;
    this.#hasText = true;
  }

  /** What was written is void. */
  restart(): void {
    this.#replaces = this.#hasText;
  }

  end(): void {
    if (this.#replaces) this.#run.replace("");
  }
}
