const depthMax = 8;
/** Longer is a driver's quotation of what it was given, or a model's words. */
const charsMax = 300;

/**
 * What went wrong, in one line: code and message of the innermost cause. The errors around it say only
 * where: a fault that something is away, and Drizzle's the statement with all its values.
 */
export function explainError(error: unknown): string {
  const cause = rootCause(error);
  if (!(cause instanceof Error)) return String(cause).slice(0, charsMax);
  // A driver's error sometimes has an empty message and only a code (ECONNREFUSED in Bun).
  const code = "code" in cause ? String(cause.code) : "";
  const [line = ""] = cause.message.split("\n");
  const parts = line.startsWith(code) ? [line] : [code, line];
  return (parts.filter(Boolean).join(": ") || cause.name).slice(0, charsMax);
}

/** The innermost cause; of several errors at once the first. */
export function rootCause(error: unknown): unknown {
  let at = error;
  for (let depth = 0; depth < depthMax && at instanceof Error; depth++) {
    const inner: unknown = at.cause ?? (at instanceof AggregateError ? at.errors[0] : undefined);
    if (!(inner instanceof Error)) break;
    at = inner;
  }
  return at;
}
