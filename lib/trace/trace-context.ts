/**
 * W3C trace context by hand: auto-instrumentation hooks neither `Bun.serve` nor a compiled binary.
 * Format: https://www.w3.org/TR/trace-context/#traceparent-header
 */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Continues a caller's trace with a new span, or starts one when the header is absent or invalid. */
export function continueTrace(header: string | null | undefined): string {
  const match = TRACEPARENT.exec(header ?? "");
  const valid = match && !/^0+$/.test(match[1] ?? "") && !/^0+$/.test(match[2] ?? "");
  return `00-${valid ? match[1] : randomHex(16)}-${randomHex(8)}-${valid ? match[3] : "01"}`;
}

/** The 32 hex digits that all log lines of one scan share. */
export function traceId(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** For what belongs to no trace. */
export function newTraceId(): string {
  return randomHex(16);
}

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}
