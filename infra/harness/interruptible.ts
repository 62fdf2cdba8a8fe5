import { constants } from "node:os";

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A command that ends when it is told to. Its second argument aborts with the first stop signal;
 * what the command throws after that is the interruption, and the exit code is 128 + signal, as a
 * shell has it.
 */
export function interruptible<T>(
  run: (typed: T, interrupted: AbortSignal) => Promise<number | undefined>,
): (typed: T) => Promise<number | undefined> {
  const interruption = new AbortController();
  let code = 0;
  for (const name of stopSignals) {
    process.on(name, () => {
      code ||= 128 + constants.signals[name];
      interruption.abort(new Error("interrupted"));
    });
  }
  return async (typed) => {
    try {
      return await run(typed, interruption.signal);
    } catch (error) {
      if (!interruption.signal.aborted) throw error;
      process.stderr.write("interrupted\n");
      return code;
    }
  };
}

/** The outcome of `work`, or a rejection with the signal's reason; late work goes on unheard. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = untilAborted(signal).then(() => Promise.reject(signal.reason));
  return Promise.race([work, aborted]);
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
