import type { Fault } from "#lib/error/fault.ts";

/** Every task: its queue, its routing key and its file in `services/worker/tasks` have this name. */
export const TASK_NAMES = [
  "scan.vision",
  "scan.rule",
  "scan.answer",
  "scan.reward",
  "character.match",
  "character.save_ownership",
  "users.save_character",
  "chat.process",
] as const;

export type TaskName = (typeof TASK_NAMES)[number];

export function isTaskName(name: string): name is TaskName {
  return TASK_NAMES.some((task) => task === name);
}

/** How a message reached its task. */
export interface Delivery {
  /** W3C trace context of the scan. */
  readonly traceparent: string;
  /** Tries that failed so far. */
  readonly attempt: number;
  /** The epoch of the scan: how often its message was redriven from the dead letters. */
  readonly epoch: number;
  /** Aborts at the task's soft limit, and at the deadline of a stopping process. */
  readonly signal: AbortSignal;
  /** Aborts the signal and fails the try at once, also where the handler ignores its signal. */
  abort(fault: Fault): void;
  /** False where a try that fails with it is the last one, so that what the task is for ends. */
  runsAgain(fault: Fault): boolean;
}

/** One queue's work. `services/worker/tasks/<queue>.ts` exports the function that makes it. */
export interface Task {
  /**
   * Resolves when every effect is durable: only then is the message acked. Must be idempotent, since
   * a message may come twice. The value answers an RPC.
   */
  run(body: unknown, delivery: Delivery): Promise<unknown>;
  /** No further try will be made. Runs before the message is acked or dead-lettered. */
  onExhausted?(body: unknown, fault: Fault, delivery: Delivery): Promise<void>;
}
