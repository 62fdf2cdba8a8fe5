import { Fault } from "#lib/error/fault.ts";
import { DeadlineError, withDeadline } from "#lib/process/with-deadline.ts";
import { driverError } from "./driver-error.ts";

/** A query whose server process was terminated may otherwise never settle. */
const queryDeadlineMs = 8_000;

/**
 * Runs a query with a deadline and turns "PostgreSQL is away" into a fault that is retried. A broken
 * constraint or statement stays what it is: a bug.
 *
 * @throws Fault `UNAVAILABLE`; past the deadline its cause is a `DeadlineError`.
 */
export async function databaseCall<T>(query: () => PromiseLike<T>): Promise<T> {
  try {
    return await withDeadline(queryDeadlineMs, query());
  } catch (cause) {
    const isAway = cause instanceof DeadlineError || AWAY.test(String(driverError(cause)?.code));
    throw isAway ? new Fault("UNAVAILABLE", { cause }) : cause;
  }
}

/**
 * SQLSTATE classes that speak of the server, the session or the account, so that trying again may help: 08 connection,
 * 25006 read-only, 25P a transaction that the server ended, 28 and 3D an account or a database that is gone for now,
 * 40 rollback, 42501 a right that was taken, 53 resources, 55 a lock or an object in use, 57 operator intervention,
 * 58 system, XX internal, which is also what poolers say of themselves. The rest is the driver's own.
 */
const AWAY =
  /^(08|25006|25P|28|3D|40|42501|53|55|57|58|XX)|^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/;
