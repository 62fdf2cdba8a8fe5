import type { Task } from "#lib/contract/task.ts";
import { Fault } from "#lib/error/fault.ts";
import type { BrokerAlarm } from "./broker-alarm.ts";
import type { MessageHeaders } from "./publisher.ts";
import type { TaskLimits } from "./topology.ts";

/**
 * One try of a task. The signal aborts at the soft limit; the try fails at the hard limit and when it is
 * aborted. A handler that ignores its signal goes on alone: its effects are idempotent.
 *
 * @param deps `running`: the tries that a stop may have to abort; `alarm`: while the broker has one, the hard limit
 * does not run, since a publish of the task takes as long
 */
export async function runTask(
  handler: Task,
  body: unknown,
  headers: MessageHeaders,
  { limits, running, alarm }: RunTaskDeps,
): Promise<unknown> {
  const { softLimitMs, hardLimitMs } = limits;
  const controller = new AbortController();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (fault: Fault): void => {
    controller.abort(fault);
    reject(fault);
  };
  const soft = setTimeout(() => controller.abort(new Fault("TASK_TIMEOUT")), softLimitMs);
  const cancelHard = alarm.timer(hardLimitMs, () => abort(new Fault("TASK_TIMEOUT")));
  running.add(controller);
  try {
    const work = handler.run(body, { ...headers, signal: controller.signal, abort });
    return await Promise.race([work, aborted]);
  } finally {
    running.delete(controller);
    clearTimeout(soft);
    cancelHard();
  }
}

interface RunTaskDeps {
  readonly limits: TaskLimits;
  readonly running: Set<AbortController>;
  readonly alarm: BrokerAlarm;
}
