/**
 * Which of the messages that a consumer holds are worked on, and in which order. Without it all are, as they come.
 * A turn is a function that ends it, to be called once.
 */
export interface Turns {
  /** A turn at once; undefined where the message has to wait. */
  tryTake(body: unknown): (() => void) | undefined;
  /** @returns when it is the message's turn; undefined when the message is to go back to its queue. */
  take(body: unknown): Promise<(() => void) | undefined>;
  /** All that wait go back. */
  dismiss(): void;
}
