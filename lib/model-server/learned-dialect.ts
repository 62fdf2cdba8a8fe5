import { type Dialect, nextDialect, openAiDialect } from "./dialect.ts";
import type { ServerError } from "./server-error.ts";

/**
 * The dialect of one model of one server, as far as it has been learned: what was refused once is not sent
 * again, by whoever asks the model.
 */
export class LearnedDialect {
  #current = openAiDialect;
  readonly #onChange: ((dialect: Dialect, error: ServerError) => void) | undefined;

  /** @param onChange called with the dialect that is used from then on, when the server has refused a field */
  constructor(onChange?: (dialect: Dialect, error: ServerError) => void) {
    this.#onChange = onChange;
  }

  get current(): Dialect {
    return this.#current;
  }

  /** Whether the refused request may be put otherwise; of many refused at once the first is learned from. */
  learn(error: ServerError, sentAs: Dialect): boolean {
    const next = nextDialect(sentAs, error);
    if (!next) return false;
    if (this.#current === sentAs) {
      this.#current = next;
      this.#onChange?.(next, error);
    }
    return true;
  }
}
