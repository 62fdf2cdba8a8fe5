import type { ConsumeMessage } from "amqplib";
import { Fault } from "#lib/error/fault.ts";
import { isFaultCode } from "#lib/error/fault-table.ts";
import { newTraceparent, readTraceparent } from "#lib/trace/trace-context.ts";
import type { ReplyAddress } from "./confirmed-channel.ts";
import type { MessageHeaders } from "./publisher.ts";

export interface ReceivedHeaders extends MessageHeaders {
  /** Times it was sent to a retry queue without counting a try. */
  readonly deferrals: number;
  /**
   * What the task failed with for good, when its end could not be stored: it is settled without another
   * run, which would be paid again.
   */
  readonly fault: Fault | undefined;
  /** Present on RPC requests only. */
  readonly reply: ReplyAddress | undefined;
}

/** Reads a message's headers; what is missing or malformed counts as a first, fresh delivery. */
export function readHeaders(message: Pick<ConsumeMessage, "properties">): ReceivedHeaders {
  const headers: Record<string, unknown> = message.properties.headers ?? {};
  const replyTo: unknown = message.properties.replyTo;
  const correlationId: unknown = message.properties.correlationId;
  return {
    traceparent: readTraceparent(headers.traceparent) ?? newTraceparent(),
    attempt: count(headers["x-attempt"]),
    epoch: count(headers["x-redrive"]),
    deferrals: count(headers["x-waits"]),
    fault: readFault(headers["x-fault"], headers["x-fault-detail"]),
    reply:
      typeof replyTo === "string" && typeof correlationId === "string"
        ? { replyTo, correlationId }
        : undefined,
  };
}

function readFault(code: unknown, detail: unknown): Fault | undefined {
  if (!isFaultCode(code)) return undefined;
  return new Fault(code, typeof detail === "string" ? { detail } : {});
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
