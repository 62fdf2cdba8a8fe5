import type { Delivery, Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";

/**
 * Lets a user's cancel reach a stage, wherever its message is:
 *
 *   in a queue     the stage reads the request in the step in which it begins (`ScanEvents`)
 *   in a worker    a notice aborts the stage's signal, and with it the model call
 *
 * Either way the stage fails with `CANCELLED`, which ends the scan like any other fault. The scan
 * service has usually ended it before; the first end stands.
 *
 * The last stage is different: it grants a character, which no cancel can revoke. It seals the job before
 * it begins, in the key of the cancel, so exactly one of the two succeeds. A cancelled scan grants nothing;
 * a sealed scan cannot be cancelled any more.
 *
 * A request is kept for an hour, which no message outlives in its queue; of dead letters, the redrive
 * removes those whose scan was cancelled.
 *
 * A cancellable stage can be aborted at any time. It is registered before it reads the request, so that a
 * notice in between is not lost. A stage that ignores its signal is abandoned, and fails at its next step.
 */
export function cancellable(task: Task, running: RunningScans): Task {
  return {
    ...task,
    async run(body, delivery) {
      const jobId = jobIdOf(body);
      // The task itself refuses such a body.
      if (jobId === undefined) return task.run(body, delivery);
      const leave = running.enter(jobId, delivery);
      try {
        return await task.run(body, delivery);
      } finally {
        leave();
      }
    },
  };
}

/**
 * A stage that a cancel can prevent, but not abort.
 *
 * @param seal from here on a cancel comes too late; false when one came first
 */
export function sealing(task: Task, seal: (jobId: string) => Promise<boolean>): Task {
  return {
    ...task,
    async run(body, delivery) {
      const jobId = jobIdOf(body);
      const isOpen = jobId === undefined || (await seal(jobId));
      if (!isOpen) throw new Fault("CANCELLED");
      return task.run(body, delivery);
    },
  };
}

/** The deliveries that are in a cancellable stage of this process, by job; a job may have several. */
export class RunningScans {
  readonly #running = new Map<string, Set<Stoppable>>();

  get jobIds(): string[] {
    return [...this.#running.keys()];
  }

  /** @returns to be called when the stage has ended. */
  enter(jobId: string, delivery: Stoppable): () => void {
    const deliveries = this.#running.get(jobId) ?? new Set();
    this.#running.set(jobId, deliveries.add(delivery));
    return () => {
      deliveries.delete(delivery);
      if (deliveries.size === 0) this.#running.delete(jobId);
    };
  }

  /** Most notices are about jobs of other workers. */
  cancel(jobId: string): void {
    for (const one of this.#running.get(jobId) ?? []) one.abort(new Fault("CANCELLED"));
  }
}

type Stoppable = Pick<Delivery, "abort">;
