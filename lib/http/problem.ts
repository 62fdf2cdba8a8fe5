import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { ErrorCode } from "#lib/error/error-code.ts";
import { Fault } from "#lib/error/fault.ts";
import { FAULTS } from "#lib/error/fault-table.ts";
import type { Logger } from "#lib/log/logger.ts";
import { newTraceId } from "#lib/trace/trace-context.ts";
import { errorPagePath } from "./error-page-path.ts";
import { quotaHeaders } from "./quota-headers.ts";

/** RFC 9457 problem document. `code` is stable and for programs, `detail` is for the user. */
export const Problem = named(
  "Problem",
  v.object({
    type: v.pipe(v.string(), v.description("Path of the page about the code")),
    title: v.string(),
    status: v.number(),
    code: ErrorCode,
    detail: v.pipe(v.string(), v.description("For the user, in Korean")),
    instance: v.exactOptional(
      v.pipe(
        v.string(),
        v.description(
          "`urn:trace:` and what the header X-Request-Id has: the operator finds it in the log",
        ),
      ),
    ),
    errors: v.exactOptional(
      v.pipe(
        v.array(v.object({ path: v.string() })),
        v.description("With VALIDATION_FAILED: the members that are wrong"),
      ),
    ),
    supported: v.exactOptional(
      v.pipe(v.array(v.string()), v.description("With UNSUPPORTED_MODEL: the models there are")),
    ),
  }),
  {
    type: errorPagePath("RATE_LIMITED"),
    title: FAULTS.RATE_LIMITED.title,
    status: FAULTS.RATE_LIMITED.status,
    code: "RATE_LIMITED",
    detail: FAULTS.RATE_LIMITED.detail,
  },
);

/**
 * Turns a fault into `application/problem+json`; the fault's cause never leaves the process.
 *
 * @param traceId of the request; one that is given to no app gets its own
 */
export function problem(fault: Fault, traceId = newTraceId()): Response {
  const { status, title } = fault.kind;
  const headers = new Headers({
    "content-type": "application/problem+json; charset=utf-8",
    "cache-control": "no-store",
    "x-request-id": traceId,
    ...quotaHeaders(fault.quota ? [fault.quota] : []),
  });
  if (fault.retryAfterMs !== undefined || status === 503) {
    const seconds = Math.ceil((fault.retryAfterMs ?? retryAfterDefaultMs) / 1000);
    headers.set("retry-after", String(seconds));
  }
  if (status === 401) headers.set("www-authenticate", "Bearer");
  if (fault.code === "CONTENT_ENCODING_UNSUPPORTED") headers.set("accept-encoding", "identity");
  const { code, detail } = fault;
  const instance = `urn:trace:${traceId}`;
  const body = { type: errorPagePath(code), title, status, code, detail, instance };
  return new Response(JSON.stringify({ ...fault.extra, ...body }), { status, headers });
}

const retryAfterDefaultMs = 2_000;

/**
 * The error handler of every app: faults by the table, everything else `INTERNAL`. What needs a person is an
 * error with its stack and its user; a refusal during an outage or under a limit is one short warning.
 */
export function problemHandler(log: Logger): ErrorHandler {
  return function onError(error, c) {
    const fault = toFault(error);
    if (fault.kind.status >= 500) {
      const { method, path } = c.req;
      const where = { method, path, trace_id: c.get("traceId"), error };
      if (fault.kind.onMessage !== "bug") log.warn("request refused", where);
      else log.error("request failed", { ...where, user_id: c.get("userId") });
    }
    return problem(fault, c.get("traceId"));
  };
}

function toFault(error: unknown): Fault {
  // Hono's own JSON parser throws this one; nothing else in these apps throws HTTPException.
  if (error instanceof HTTPException && error.status === 400) {
    return new Fault("MALFORMED_JSON", { cause: error });
  }
  return Fault.from(error);
}
