import type { DeadLetter } from "#lib/contract/dead-letter.ts";

/** RabbitMQ's queues as an operator sees them. */
export interface Queues {
  count(queue: string): Promise<{ readonly messages: number; readonly consumers: number }>;
  /** The oldest messages, held until each is settled or the connection ends. */
  take(queue: string, messagesMax: number): Promise<DeadLetter[]>;
  /** The oldest message, left where it is. */
  peek(queue: string): Promise<DeadLetter | undefined>;
  /** Bodies of what waits for these tasks: queued, to be retried or dead-lettered. */
  search(tasks: readonly string[]): Promise<Found>;
}

interface Found {
  readonly bodies: readonly unknown[];
  /** False when a queue was too long to read to its end. */
  readonly isAll: boolean;
}
