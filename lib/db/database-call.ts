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
 * SQLSTATE classes in which trying again may help: 08 connection, 40 rollback, 53 resources,
 * 57 operator intervention, 58 system, 25006 read-only. The rest is the driver's own.
 */
const AWAY =
  /^(08|40|53|57|58|25006)|^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/;
