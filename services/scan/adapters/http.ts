import { Hono } from "hono";
import * as v from "valibot";
import { OptionalPosition, positionOf } from "#lib/contract/places/position-query.ts";
import { MAJORS, MIDDLES } from "#lib/contract/vocabulary.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { idempotencyKey } from "#lib/http/idempotency-key.ts";
import { jsonBody } from "#lib/http/json-body.ts";
import { observeSubmit } from "#lib/http/observe-submit.ts";
import { describe } from "#lib/http/openapi.ts";
import { quotaHeaderNames } from "#lib/http/openapi-components.ts";
import { quotaHeaders } from "#lib/http/quota-headers.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import { imageCheckFaults } from "#lib/image/check-image.ts";
import { ScanResult } from "#lib/scan/scan-result.ts";
import { type CancelDeps, cancelScan } from "../cancel-scan.ts";
import { Feedback, FeedbackRequest } from "../feedback.ts";
import { type FeedbackDeps, giveFeedback } from "../give-feedback.ts";
import { Categories, listCategories } from "../list-categories.ts";
import { type ListScansDeps, listScans } from "../list-scans.ts";
import { type ReadResultDeps, readResult } from "../read-result.ts";
import { CancelAnswer, ScanPage, ScanProgress, SubmitAnswer, SubmitRequest } from "../scan.ts";
import { type SubmitDeps, submitScan } from "../submit-scan.ts";

export type ScanRoutesDeps = SubmitDeps &
  ReadResultDeps &
  ListScansDeps &
  CancelDeps &
  FeedbackDeps;

const bodyBytesMax = 64 * 1024;
/** Seconds after which an unfinished result is worth asking for again. */
const pollAfterS = 2;

const JobParam = v.object({ job_id: v.pipe(v.string(), v.uuid("INVALID_JOB_ID")) });

const time = (description: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.isoTimestamp(),
      v.transform((text) => new Date(text)),
      v.check((date) => !Number.isNaN(date.getTime())),
      v.description(description),
    ),
  );

const PageQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.uuid("INVALID_CURSOR"))),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    "20",
  ),
  status: v.optional(v.picklist(["completed", "failed"])),
  category: v.optional(
    v.pipe(
      v.picklist([...MIDDLES, ...MAJORS]),
      v.description("A major category, or the middle one of a recyclable"),
    ),
  ),
  from: time("Submitted then or later, as ISO 8601 with a time zone"),
  to: time("Submitted earlier, as ISO 8601 with a time zone"),
});

export function createScanRoutes(deps: ScanRoutesDeps): App {
  const app = new Hono<AppEnv>();
  app.use("/api/v1/scan", requireUser());
  app.use("/api/v1/scan/*", requireUser());

  app.post(
    "/api/v1/scan",
    describeSubmit,
    jsonBody(bodyBytesMax),
    validate("json", SubmitRequest),
    async (c) => {
      const submitted = submitScan(deps, {
        userId: c.get("userId"),
        request: c.req.valid("json"),
        idempotencyKey: idempotencyKey(c),
        traceparent: c.get("traceparent"),
      });
      const { answer, replayed, quota } = await observeSubmit(c, "scan", submitted);
      if (replayed) c.header("Idempotency-Replayed", "true");
      return c.json(answer, 202, quotaHeaders(quota ? [quota] : []));
    },
  );

  app.get("/api/v1/scan", describeHistory, validate("query", PageQuery), async (c) => {
    return c.json(await listScans(deps, c.get("userId"), c.req.valid("query")));
  });

  app.get("/api/v1/scan/categories", describeCategories, (c) => c.json(listCategories()));

  for (const [path, id] of [
    ["/api/v1/scan/result/:job_id", "readResult"],
    ["/api/v1/scan/:job_id/result", "readScanResult"],
  ] as const) {
    app.get(
      path,
      describeResult(id),
      validate("param", JobParam),
      validate("query", OptionalPosition),
      async (c) => {
        const at = positionOf(c.req.valid("query"));
        const reading = await readResult(deps, c.get("userId"), c.req.valid("param").job_id, at);
        if (reading.finished) return c.json(reading.result);
        c.header("Retry-After", String(pollAfterS));
        return c.json(reading.progress, 202);
      },
    );
  }

  app.post(
    "/api/v1/scan/:job_id/feedback",
    describeFeedback,
    validate("param", JobParam),
    jsonBody(bodyBytesMax),
    validate("json", FeedbackRequest),
    async (c) => {
      const { job_id } = c.req.valid("param");
      const given = await giveFeedback(deps, c.get("userId"), job_id, c.req.valid("json"));
      const { feedback, isFirst, quota } = given;
      return c.json(feedback, isFirst ? 201 : 200, quotaHeaders([quota]));
    },
  );

  app.delete("/api/v1/scan/:job_id", describeCancel, validate("param", JobParam), async (c) =>
    c.json(await cancelScan(deps, c.get("userId"), c.req.valid("param").job_id), 202),
  );
  return app;
}

const describeSubmit = describe({
  id: "submitScan",
  tag: "scan",
  summary: "Submit a photo; header X-Idempotency-Key (or Idempotency-Key) makes a retry safe",
  headers: ["X-Idempotency-Key"],
  responses: {
    202: {
      description: "Accepted; follow stream_url",
      schema: SubmitAnswer,
      headers: ["Idempotency-Replayed", ...quotaHeaderNames],
    },
  },
  faults: [
    "MALFORMED_JSON",
    "CONTENT_TYPE_UNSUPPORTED",
    "VALIDATION_FAILED",
    "IMAGE_URL_REQUIRED",
    ...imageCheckFaults,
    "UNSUPPORTED_MODEL",
    "USER_INPUT_TOO_LONG",
    "IDEMPOTENCY_KEY_INVALID",
    "UNAUTHENTICATED",
    "IDEMPOTENCY_IN_FLIGHT",
    "BODY_TOO_LARGE",
    "IDEMPOTENCY_MISMATCH",
    "RATE_LIMITED",
    "TOO_MANY_SCANS_IN_FLIGHT",
    "OVERLOADED",
    "UNAVAILABLE",
    "SUBMIT_UNCONFIRMED",
  ],
});

const describeResult = (id: string) =>
  describe({
    id,
    tag: "scan",
    summary:
      "Result of a scan, or how far it is; with lat and lon also the nearest places that take it",
    responses: {
      200: { description: "Finished: completed, or failed with an error", schema: ScanResult },
      202: {
        description: "Not finished; Retry-After says when to ask again",
        schema: ScanProgress,
        headers: ["Retry-After"],
      },
    },
    faults: [
      ...(["INVALID_JOB_ID", "COORDINATES_INVALID", "UNAUTHENTICATED", "JOB_NOT_FOUND"] as const),
      "UNAVAILABLE",
    ],
  });

const describeCancel = describe({
  id: "cancelScan",
  tag: "scan",
  summary: "Cancel a running scan; it ends as failed with code CANCELLED",
  responses: {
    202: {
      description: "Cancelled; the end comes as an event within a second",
      schema: CancelAnswer,
    },
  },
  faults: ["INVALID_JOB_ID", "UNAUTHENTICATED", "JOB_NOT_FOUND", "SCAN_FINISHED", "UNAVAILABLE"],
});

const describeFeedback = describe({
  id: "giveFeedback",
  tag: "scan",
  summary:
    "Say whether a completed scan's answer was right, and what would have been; a later one replaces it",
  responses: {
    201: { description: "Kept", schema: Feedback, headers: quotaHeaderNames },
    200: {
      description: "Kept in place of an earlier one",
      schema: Feedback,
      headers: quotaHeaderNames,
    },
  },
  faults: [
    "INVALID_JOB_ID",
    "MALFORMED_JSON",
    "CONTENT_TYPE_UNSUPPORTED",
    "VALIDATION_FAILED",
    "FEEDBACK_CATEGORY_UNKNOWN",
    "FEEDBACK_NOTE_TOO_LONG",
    "UNAUTHENTICATED",
    "JOB_NOT_FOUND",
    "SCAN_NOT_COMPLETED",
    "BODY_TOO_LARGE",
    "RATE_LIMITED",
    "OVERLOADED",
    "UNAVAILABLE",
  ],
});

const describeHistory = describe({
  id: "listScans",
  tag: "scan",
  summary: "The caller's finished scans, newest first; by status, category and time",
  responses: { 200: { description: "One page", schema: ScanPage } },
  faults: ["VALIDATION_FAILED", "INVALID_CURSOR", "UNAUTHENTICATED", "UNAVAILABLE"],
});

const describeCategories = describe({
  id: "listCategories",
  tag: "scan",
  summary: "Every waste category with everyday items",
  responses: { 200: { description: "Categories", schema: Categories } },
  faults: ["UNAUTHENTICATED"],
});
