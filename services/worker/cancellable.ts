import type { Delivery, Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import { jobIdOf } from "#lib/scan/task-messages.ts";

/**
 * Lets a user's cancel reach a stage, wherever its message is:
 *
 *   in a queue     the stage reads the request in the step in which it begins (`ScanLog`)
 *   in a worker    a notice aborts the stage's signal, and with it the model call
 *
 * Either way the stage fails with `CANCELLED`, which ends the scan like any other fault; the scan
 * service has mostly ended it by then, and the first end stands.
 *
 * The last stage is different: it grants, and what is granted stays. It seals the job before it begins,
 * in the key the cancel is written to, so one of the two comes first and the other gives way. A cancelled
 * scan grants nothing; a sealed one is too late to cancel.
 *
 * A request is kept for an hour, which no message outlives in its queue; of dead letters, the redrive
 * removes those whose scan was cancelled.
 *
 * A stage that may be broken off at any time: it is listed before it reads the request, so that a notice
 * which comes meanwhile is not lost. One that is slow to notice is left behind, and ends at its next step.
 */
export function cancellable(task: Task, running: RunningScans): Task {
  return {
    ...task,
    async run(body, delivery) {
      const jobId = jobIdOf(body);
      // For the task itself to refuse.
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
 * A stage that a cancel can only keep from beginning.
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

/** The jobs this process has a cancellable stage of, which may be several of one job. */
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
