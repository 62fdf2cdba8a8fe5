import type { Delivery, Task, TaskName } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { BrokerAlarm } from "./broker-alarm.ts";
import { decideFailure, type Tries } from "./decide-failure.ts";
import type { MessageHeaders } from "./publisher.ts";
import { TASKS, type TaskLimits } from "./topology.ts";

/**
 * One try of a task. The signal aborts at the soft limit; the try fails at the hard limit and when it is
 * aborted. A handler that ignores its signal goes on alone: its effects are idempotent.
 *
 * @param deps `running`: the tries that a stop may have to abort; `alarm`: while the broker has one, the time from the
 * soft to the hard limit does not run, since a publish of the task takes as long
 */
export async function runTask(
  handler: Task,
  body: unknown,
  headers: MessageHeaders & Tries,
  { task, limits: { softLimitMs, hardLimitMs }, running, alarm }: RunTaskDeps,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const attempt = new Attempt(task, headers, reject);
  let timer = alarm.timer(softLimitMs, "runs", () => {
    attempt.abortSignal(new Fault("TASK_TIMEOUT"));
    const abort = () => attempt.abort(new Fault("TASK_TIMEOUT"));
    timer = alarm.timer(hardLimitMs - softLimitMs, "pauses", abort);
  });
  running.add(attempt);
  try {
    handler.run(body, attempt).then(resolve, reject);
    return await promise;
  } finally {
    running.delete(attempt);
    alarm.callOff(timer);
  }
}

interface RunTaskDeps {
  readonly task: TaskName;
  readonly limits: TaskLimits;
  readonly running: Set<Attempt>;
  readonly alarm: BrokerAlarm;
}

/** A try as its handler sees it. Most handlers never look at the signal, which is made for those that do. */
export class Attempt implements Delivery {
  readonly traceparent: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly #task: TaskName;
  readonly #tries: Tries;
  readonly #fail: (fault: Fault) => void;
  #controller: AbortController | undefined;

  constructor(task: TaskName, headers: MessageHeaders & Tries, fail: (fault: Fault) => void) {
    const { traceparent, attempt, epoch } = headers;
    this.#task = task;
    this.#tries = headers;
    this.traceparent = traceparent;
    this.attempt = attempt;
    this.epoch = epoch;
    this.#fail = fail;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abortSignal(fault: Fault): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(fault);
  }

  runsAgain(fault: Fault): boolean {
    return decideFailure(fault, this.#tries, TASKS[this.#task]).action === "retry-later";
  }

  abort(fault: Fault): void {
    this.abortSignal(fault);
    this.#fail(fault);
  }
}
