import type { Fault } from "#lib/error/fault.ts";

/** How a message reached its task. */
export interface Delivery {
  /** W3C trace context of the scan. */
  readonly traceparent: string;
  /** Tries that failed so far. */
  readonly attempt: number;
  /** Times the message was revived from the dead letters; selects the event epoch. */
  readonly redrive: number;
  /** Aborts at the task's soft limit, and when the process gives up at stop. */
  readonly signal: AbortSignal;
  /** Aborts the signal and fails the task at once; one that does not listen is left behind. */
  giveUp(fault: Fault): void;
}

/** One queue's work. `services/worker/tasks/<queue>.ts` exports the function that makes it. */
export interface Task {
  /**
   * Resolves when every effect is durable: only then is the message acked. Must be idempotent, since
   * a message may come twice. The value answers an RPC.
   */
  run(body: unknown, delivery: Delivery): Promise<unknown>;
  /** No further try will be made. Runs before the message is acked or dead-lettered. */
  onGivenUp?(body: unknown, fault: Fault, delivery: Delivery): Promise<void>;
}
