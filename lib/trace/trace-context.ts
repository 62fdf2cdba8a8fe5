/**
 * W3C trace context by hand: auto-instrumentation hooks neither `Bun.serve` nor a compiled binary.
 * Format: https://www.w3.org/TR/trace-context/#traceparent-header
 */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The header as it is; undefined when it is absent or invalid. */
export function readTraceparent(header: unknown): string | undefined {
  return typeof header === "string" && TRACEPARENT.test(header) ? header : undefined;
}

/** Of a trace that begins here, and is not sampled. */
export function newTraceparent(): string {
  return `00-${newTraceId()}-${randomHex(8)}-00`;
}

export function withSampling(traceparent: string, isSampled: boolean): string {
  return traceparent.slice(0, -2) + (isSampled ? "01" : "00");
}

export function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.slice(-2), 16) & 1) === 1;
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
