import { Fault } from "#lib/error/fault.ts";

/**
 * The driver's own error, which Drizzle wraps into one of its own, and `databaseCall` into a fault.
 *
 * @returns undefined for what did not come of a database. Its `code` is a SQLSTATE, or a name like
 * `ECONNREFUSED`.
 */
export function driverError(error: unknown): (Error & { readonly code: unknown }) | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof Fault) && hasCode(at)) return at;
  }
  return undefined;
}

/** SQLSTATE of a write that a standby, or a read-only session, refuses. */
export const readOnlyState = "25006";

/** True when the server takes no writes, although it is there. */
export function isReadOnly(error: unknown): boolean {
  return driverError(error)?.code === readOnlyState;
}

function hasCode(error: Error): error is Error & { readonly code: unknown } {
  return "code" in error;
}
