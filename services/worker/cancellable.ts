import type { Delivery, Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";

/**
 * Lets a user's cancel reach a stage, wherever its message is:
 *
 *   in a queue     the request is read when the stage begins, before a model is paid
 *   in a worker    a notice aborts the stage's signal, and with it the model call
 *
 * Either way the stage fails with `CANCELLED`, which ends the scan like any other fault; the scan
 * service has mostly ended it by then, and the first end stands.
 *
 * The last stage is different: it grants, and what is granted stays. It seals the job before it begins,
 * in the key the cancel is written to, so one of the two comes first and the other gives way. A cancelled
 * scan grants nothing; a sealed one is too late to cancel.
 *
 * A request is kept for an hour, which no message outlives in its queue; of those that are revived from
 * the dead letters, the redrive takes out whose scan was cancelled.
 *
 * Cost: one small Redis read (or SET NX) a stage. It is awaited, so that nothing begins unasked.
 */
export interface CancelDeps {
  readonly running: RunningScans;
  isCancelled(jobId: string): Promise<boolean>;
  /** From here on a cancel comes too late; false when one came first. */
  seal(jobId: string): Promise<boolean>;
}

/** A stage that may be broken off at any time. */
export function cancellable(task: Task, deps: CancelDeps): Task {
  return {
    ...task,
    async run(body, delivery) {
      const jobId = jobIdOf(body);
      if (jobId === undefined) return task.run(body, delivery);
      // Entered before the request is read: a notice that comes meanwhile is not lost.
      const { signal, leave } = deps.running.enter(jobId);
      try {
        if (await deps.isCancelled(jobId)) throw new Fault("CANCELLED");
        return await runUntil(signal, task, body, delivery);
      } finally {
        leave();
      }
    },
  };
}

/** A stage that a cancel can only keep from beginning. */
export function sealing(task: Task, deps: CancelDeps): Task {
  return {
    ...task,
    async run(body, delivery) {
      const jobId = jobIdOf(body);
      const isOpen = jobId === undefined || (await deps.seal(jobId));
      if (!isOpen) throw new Fault("CANCELLED");
      return task.run(body, delivery);
    },
  };
}

/** The jobs this process has a cancellable stage of, which may be several of one job. */
export class RunningScans {
  readonly #running = new Map<string, Set<AbortController>>();

  get jobIds(): string[] {
    return [...this.#running.keys()];
  }

  enter(jobId: string): { readonly signal: AbortSignal; leave(): void } {
    const controller = new AbortController();
    const controllers = this.#running.get(jobId) ?? new Set();
    this.#running.set(jobId, controllers.add(controller));
    const leave = (): void => {
      controllers.delete(controller);
      if (controllers.size === 0) this.#running.delete(jobId);
    };
    return { signal: controller.signal, leave };
  }

  /** Most notices are about jobs of other workers. */
  cancel(jobId: string): void {
    for (const one of this.#running.get(jobId) ?? []) one.abort(new Fault("CANCELLED"));
  }
}

/** A stage that is slow to notice is left behind: the next one reads the request before it begins. */
async function runUntil(cancel: AbortSignal, task: Task, body: unknown, delivery: Delivery) {
  cancel.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  cancel.addEventListener("abort", () => reject(cancel.reason), { once: true });
  const signal = AbortSignal.any([delivery.signal, cancel]);
  return Promise.race([promise, task.run(body, { ...delivery, signal })]);
}

/** A body without one is for the task itself to refuse. */
function jobIdOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("job_id" in body)) return undefined;
  return typeof body.job_id === "string" ? body.job_id : undefined;
}
