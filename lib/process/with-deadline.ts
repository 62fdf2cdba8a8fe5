/**
 * The outcome of `work`, or an error once `deadlineMs` have passed. Nothing is cancelled: late work
 * goes on, and what becomes of it is dropped, a late rejection included.
 *
 * @throws DeadlineError when the work took too long.
 */
export async function withDeadline<T>(deadlineMs: number, work: PromiseLike<T>): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineError(deadlineMs)), deadlineMs);
  try {
    // A race listens to both: the loser's rejection is never an unhandled one.
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

export class DeadlineError extends Error {
  override readonly name = "DeadlineError";

  constructor(deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms`);
  }
}
