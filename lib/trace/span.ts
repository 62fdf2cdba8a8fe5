import { AsyncLocalStorage } from "node:async_hooks";
import { isSampled, newTraceparent, readTraceparent, withSampling } from "./trace-context.ts";

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: "server" | "consumer" | "client" | "internal";
  /** Traceparent of the span above; undefined for the first of a trace. */
  readonly parent: string | undefined;
  readonly attributes?: Attributes;
  /** Traceparents of spans that belong to it otherwise than as its parent. */
  readonly links?: readonly string[];
  /** Milliseconds since the Unix epoch, of what has begun before. */
  readonly startedAt?: number;
}

export interface OpenSpan {
  /** What goes on from here is part of. */
  readonly traceparent: string;
  /** To the span of another trace; left out where nothing is recorded. */
  link?(traceparent: string): void;
  end(last?: {
    readonly name?: string;
    readonly attributes?: Attributes;
    readonly error?: string | undefined;
  }): void;
}

/** Records a span; set where traces are exported, and nowhere else. */
let record: ((start: SpanStart) => OpenSpan) | undefined;
let ratio = 0;
const active = new AsyncLocalStorage<Pick<OpenSpan, "traceparent" | "link">>();

/** From here on a share of the traces that begin in this process is recorded, and those that come in sampled. */
export function recordSpans(recorder: (start: SpanStart) => OpenSpan, sampledRatio: number): void {
  record = recorder;
  ratio = sampledRatio;
}

/** A span of a sampled trace. Of any other nothing is made, and the trace goes on. */
export function startSpan(start: SpanStart & { readonly parent: string }): OpenSpan {
  return record && isSampled(start.parent)
    ? record(start)
    : { traceparent: start.parent, end: nothing };
}
const nothing = (): void => undefined;

/**
 * The span of a request of a stranger. Their trace id is kept, so that they find it again; whether it is sampled is not
 * for them to say, nor to be had by a trace id that is chosen well.
 */
export function startServerSpan(header: string | undefined): OpenSpan {
  const theirs = readTraceparent(header);
  const sampled = record !== undefined && Math.random() < ratio;
  const start = { name: "request", kind: "server" } as const;
  if (sampled && !theirs) return record?.({ ...start, parent: undefined }) ?? unsampled();
  return theirs ? startSpan({ ...start, parent: withSampling(theirs, sampled) }) : unsampled();
}
const unsampled = (): OpenSpan => ({ traceparent: newTraceparent(), end: nothing });

/** Whatever `work` does, also later, belongs to this span: `activeTraceparent` tells it. */
export function runInTrace<T>(
  traceparent: string,
  work: () => T,
  link?: NonNullable<OpenSpan["link"]>,
): T {
  return active.run({ traceparent, ...(link && { link }) }, work);
}

export function activeTraceparent(): string | undefined {
  return active.getStore()?.traceparent;
}

/** Undefined where the span is not recorded: nothing could be found under it. */
export function sampledTraceparent(): string | undefined {
  const traceparent = activeTraceparent();
  return traceparent !== undefined && isSampled(traceparent) ? traceparent : undefined;
}

/** Of a request that is about something which has a trace of its own. */
export function linkActiveSpan(traceparent: string | undefined): void {
  if (traceparent !== undefined) active.getStore()?.link?.(traceparent);
}
