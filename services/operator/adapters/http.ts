import { Hono } from "hono";
import * as v from "valibot";
import { named } from "#lib/contract/named.ts";
import { optionalField } from "#lib/contract/optional-field.ts";
import { TASK_NAMES } from "#lib/contract/task.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { jsonBody } from "#lib/http/json-body.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireAdmin } from "#lib/http/require-admin.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import type { Counts } from "../audit.ts";
import { type DlqQueue, readQueueName } from "../dlq-queue.ts";
import type { QueueCount, ShownDeadLetter } from "../inspect-dead-letters.ts";
import { FROM_STAGES, type FromStage } from "../plan-redrive.ts";
import { Timeline } from "../read-timeline.ts";
import type { RedriveReport } from "../settle-dead-letters.ts";
import { SystemStatus } from "../system-status.ts";

export interface OpsRoutesDeps {
  /** Who may; nobody when it is empty. */
  readonly admins: ReadonlySet<string>;
  readSystem(): Promise<SystemStatus>;
  /** The response to somebody who follows the system. @throws Fault when too many do */
  follow(caller: Caller): ReadableStream<Uint8Array>;
  readTimeline(jobId: string): Promise<Timeline>;
  /** Counts a look at dead letters, or a move of them. @throws Fault `RATE_LIMITED` */
  admit(userId: string): Promise<void>;
  countDeadLetters(): Promise<readonly QueueCount[]>;
  showDeadLetters(queue: DlqQueue, limit: number): Promise<readonly ShownDeadLetter[]>;
  /** @param who for the audit */
  redrive(queue: DlqQueue, options: RedriveRequest & { readonly who: string }): Promise<Redriven>;
}

interface Caller {
  readonly userId: string;
  readonly sessionId: string | undefined;
}

export interface RedriveRequest {
  readonly limit: number;
  readonly from: FromStage | undefined;
  readonly isDryRun: boolean;
}

export interface Redriven {
  readonly report: RedriveReport;
  /** Dead letters by what became of them; null where nothing was to be done. */
  readonly counts: Counts | null;
}

const bodyBytesMax = 1024;
/** A command may take more: it has no proxy that waits for it. */
const limitMax = 100;
const limitDefault = 10;

const QUEUE_NAMES = TASK_NAMES.flatMap((task) => [`dlq.${task}`, `archive.${task}`]);
const QueueParam = v.object({
  queue: v.pipe(
    v.picklist(QUEUE_NAMES),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const queue = readQueueName(dataset.value);
      if (queue) return queue;
      addIssue({ message: "VALIDATION_FAILED" });
      return NEVER;
    }),
  ),
});
const JobParam = v.object({ job_id: v.pipe(v.string(), v.uuid("INVALID_JOB_ID")) });
const LimitQuery = v.object({
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(limitMax),
    ),
    String(limitDefault),
  ),
});
const RedriveBody = v.strictObject({
  /** Said each time: only looking, and doing, are too far apart for a default. */
  dry_run: v.boolean(),
  limit: optionalField(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limitMax))),
  from_stage: optionalField(v.picklist(FROM_STAGES)),
});

/** What operators see and do over HTTP: the verbs of the commands, for administrators alone. */
export function createOpsRoutes(deps: OpsRoutesDeps): App {
  const app = new Hono<AppEnv>();
  const guard = [requireUser(), requireAdmin(deps.admins)] as const;
  app.get("/api/v1/ops/status", describeStatus, ...guard, async (c) =>
    c.json(await deps.readSystem()),
  );
  app.get("/api/v1/ops/stream", describeStream, ...guard, (c) => {
    // HEAD is answered by the handler of GET, and its body is never read.
    if (c.req.method === "HEAD") {
      return new Response(null, { headers: { ...streamHeaders, "transfer-encoding": "chunked" } });
    }
    const body = deps.follow({ userId: c.get("userId"), sessionId: c.get("sessionId") });
    return new Response(body, { headers: streamHeaders });
  });
  app.get(
    "/api/v1/ops/jobs/:job_id",
    describeTimeline,
    ...guard,
    validate("param", JobParam),
    async (c) => c.json(await deps.readTimeline(c.req.valid("param").job_id)),
  );
  serveDeadLetters(app, deps);
  return app;
}

function serveDeadLetters(app: App, deps: OpsRoutesDeps): void {
  const guard = [requireUser(), requireAdmin(deps.admins)] as const;
  app.get("/api/v1/ops/dead-letters", describeCount, ...guard, async (c) => {
    await deps.admit(c.get("userId"));
    return c.json({ queues: (await deps.countDeadLetters()).map(toCount) });
  });
  app.get(
    "/api/v1/ops/dead-letters/:queue",
    describeShow,
    ...guard,
    validate("param", QueueParam),
    validate("query", LimitQuery),
    async (c) => {
      await deps.admit(c.get("userId"));
      const { queue } = c.req.valid("param");
      const shown = await deps.showDeadLetters(queue, c.req.valid("query").limit);
      return c.json({ queue: queue.name, dead_letters: shown.map(toShown) });
    },
  );
  app.post(
    "/api/v1/ops/dead-letters/:queue/redrive",
    describeRedrive,
    ...guard,
    validate("param", QueueParam),
    jsonBody(bodyBytesMax),
    validate("json", RedriveBody),
    async (c) => {
      const userId = c.get("userId");
      await deps.admit(userId);
      const { dry_run: isDryRun, limit = limitDefault, from_stage: from } = c.req.valid("json");
      const options = { isDryRun, limit, from, who: `user ${userId}` };
      const { report, counts } = await deps.redrive(c.req.valid("param").queue, options);
      return c.json({ dry_run: isDryRun, ...toReport(report), counts });
    },
  );
}

const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const age = v.nullable(v.pipe(v.number(), v.minValue(0)));
const DeadLetterCounts = named(
  "DeadLetterCounts",
  v.object({
    queues: v.array(
      v.object({
        task: v.picklist(TASK_NAMES),
        dead: count,
        archived: count,
        /** Since the oldest died. */
        dead_for_ms: age,
        archived_for_ms: age,
      }),
    ),
  }),
);

function toCount({ task, dead, archived, deadForMs, archivedForMs }: QueueCount) {
  return { task, dead, archived, dead_for_ms: deadForMs, archived_for_ms: archivedForMs };
}

const text = v.nullable(v.string());
/** As the command shows one, without what is its user's: their id, their words and the address of their photo. */
const DeadLetters = named(
  "DeadLetters",
  v.object({
    queue: v.string(),
    dead_letters: v.array(
      v.object({
        job_id: text,
        trace_id: v.string(),
        code: text,
        attempts: count,
        redrive: count,
        reason: text,
        died_at: text,
        outputs: v.array(v.string()),
      }),
    ),
  }),
);

function toShown(one: ShownDeadLetter) {
  const { job_id, trace_id, code, attempts, redrive, reason, died_at, outputs } = one;
  return { job_id, trace_id, code, attempts, redrive, reason, died_at, outputs };
}

const jobId = v.nullable(v.string());
const RedriveResult = named(
  "RedriveResult",
  v.object({
    dry_run: v.boolean(),
    queue: v.string(),
    messages: v.array(v.object({ job_id: jobId, to: v.string() })),
    /** Model calls it costs at most. */
    calls: v.object({ vision: count, answer: count }),
    /** Calls that a checkpoint spares. */
    spared: count,
    refused: v.array(v.object({ job_id: jobId, reason: v.string() })),
    /** What became of them; null after a dry run. */
    counts: v.nullable(v.record(v.string(), count)),
  }),
);

function toReport({ queue, messages, calls, coveredByCheckpoint: spared, refused }: RedriveReport) {
  return {
    queue,
    messages: messages.map(({ job_id, to }) => ({ job_id: job_id ?? null, to })),
    calls,
    spared,
    refused: refused.map(({ job_id, reason }) => ({ job_id: job_id ?? null, reason })),
  };
}

const adminFaults = ["UNAUTHENTICATED", "FORBIDDEN"] as const;
const lettersFaults = ["VALIDATION_FAILED", ...adminFaults, "RATE_LIMITED", "UNAVAILABLE"] as const;
const bodyFaults = ["MALFORMED_JSON", "CONTENT_TYPE_UNSUPPORTED", "BODY_TOO_LARGE"] as const;

const describeStatus = describe({
  id: "readSystem",
  tag: "ops",
  summary:
    "The running system: queues, throughput, latencies, models, streams; administrators only",
  responses: { 200: { description: "As it is now", schema: SystemStatus } },
  faults: adminFaults,
});

const describeStream = describe({
  id: "followSystem",
  tag: "ops",
  summary: "Follow the running system; administrators only",
  responses: {
    200: {
      description:
        "`event: status` every two seconds, `data` as JSON; it ends after some minutes: connect again",
      schema: SystemStatus,
      mediaType: "text/event-stream",
    },
  },
  faults: [...adminFaults, "TOO_MANY_STREAMS", "OVERLOADED"],
});

const describeTimeline = describe({
  id: "readTimeline",
  tag: "ops",
  summary: "When each stage of a scan began and ended; administrators only",
  responses: { 200: { description: "Its steps in order", schema: Timeline } },
  faults: ["INVALID_JOB_ID", ...adminFaults, "JOB_NOT_FOUND", "UNAVAILABLE"],
});

const describeCount = describe({
  id: "countDeadLetters",
  tag: "ops",
  summary: "Dead and archived messages of each task; administrators only",
  responses: { 200: { description: "How many, and for how long", schema: DeadLetterCounts } },
  faults: lettersFaults,
});

const describeShow = describe({
  id: "showDeadLetters",
  tag: "ops",
  summary: "The oldest messages of a dead-letter queue, left where they are; administrators only",
  responses: { 200: { description: "The oldest first", schema: DeadLetters } },
  faults: lettersFaults,
});

const describeRedrive = describe({
  id: "redriveDeadLetters",
  tag: "ops",
  summary:
    "Send the oldest dead letters back to their task, or say what that would cost; administrators only",
  responses: { 200: { description: "What it costs, and what was done", schema: RedriveResult } },
  faults: [...lettersFaults, ...bodyFaults],
});
