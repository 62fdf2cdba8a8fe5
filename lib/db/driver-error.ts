/**
 * The driver's own error, which Drizzle wraps into one of its own.
 *
 * @returns undefined for what did not come of a database. Its `code` is a SQLSTATE, or a name like
 * `ECONNREFUSED`.
 */
export function driverError(error: unknown): (Error & { readonly code: unknown }) | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (hasCode(at)) return at;
  }
  return undefined;
}

function hasCode(error: Error): error is Error & { readonly code: unknown } {
  return "code" in error;
}
