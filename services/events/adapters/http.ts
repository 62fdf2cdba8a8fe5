import { type Context, Hono } from "hono";
import * as v from "valibot";
import { Fault } from "#lib/error/fault.ts";
import type { App, AppEnv, ServerBindings } from "#lib/http/create-app.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { idleTimeoutS } from "#lib/http/serve.ts";
import type { StreamLimits } from "#lib/http/stream-limits.ts";
import { validate } from "#lib/http/validate.ts";
import type { RevokedSessions } from "../close-revoked.ts";
import type { Hub } from "../hub.ts";
import { type OpenChatStreamDeps, openChatStream } from "../open-chat-stream.ts";
import { type OpenStreamDeps, openStream, type StreamRequest } from "../open-stream.ts";
import type { Sink, Stream } from "../stream.ts";
import { ChatStreamEvent, ScanStreamEvent } from "../stream-events.ts";

const retryMinMs = 1_000;
/** Spreads the reconnects of clients that lost the same process. */
const retryJitterMs = 1_000;
/** How long a client may take for the rest of a stream that has ended. */
const drainTimeoutS = 10;

const jobId = v.pipe(v.string("INVALID_JOB_ID"), v.uuid("INVALID_JOB_ID"));
const lastEventId = v.optional(v.pipe(v.string(), v.regex(/^\d{0,15}$/)));
const StreamQuery = v.object({ job_id: jobId, last_event_id: lastEventId }, "INVALID_JOB_ID");
const AliasQuery = v.object({ last_event_id: lastEventId });

export interface EventsRoutesDeps extends OpenStreamDeps, OpenChatStreamDeps {
  readonly limits: StreamLimits;
  readonly revocations: Pick<RevokedSessions, "hasSession">;
  /** A body that begins with `opening` and is written to by what `connect` opens. */
  openBody(
    hub: Hub,
    given: { readonly opening: Uint8Array; readonly onEnd: (isTaken: boolean) => void },
    connect: (sink: Sink) => Stream,
  ): ReadableStream;
}

export function createEventsRoutes(deps: EventsRoutesDeps): App {
  const app = new Hono<AppEnv>();
  const scans = { ...deps, open: (request: StreamRequest) => openStream(deps, request) };
  const chats = {
    ...deps,
    hub: deps.chatHub,
    open: (request: StreamRequest) => openChatStream(deps, request),
  };

  app.get(
    "/api/v1/stream",
    describeStream("followScanByQuery"),
    requireUser(),
    validate("query", StreamQuery),
    (c) => {
      const { job_id, last_event_id } = c.req.valid("query");
      return respond(c, scans, job_id, last_event_id);
    },
  );

  app.get(
    "/api/v1/scan/:job_id/events",
    describeStream("followScan"),
    requireUser(),
    validate("param", v.object({ job_id: jobId })),
    validate("query", AliasQuery),
    (c) => respond(c, scans, c.req.valid("param").job_id, c.req.valid("query").last_event_id),
  );

  app.get(
    "/api/v1/chat/stream",
    describeChatStream("followAnswerByQuery"),
    requireUser(),
    validate("query", StreamQuery),
    (c) => {
      const { job_id, last_event_id } = c.req.valid("query");
      return respond(c, chats, job_id, last_event_id);
    },
  );

  app.get(
    "/api/v1/chat/:job_id/events",
    describeChatStream("followAnswer"),
    requireUser(),
    validate("param", v.object({ job_id: jobId })),
    validate("query", AliasQuery),
    (c) => respond(c, chats, c.req.valid("param").job_id, c.req.valid("query").last_event_id),
  );
  return app;
}

const encoder = new TextEncoder();
const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

async function respond(
  c: Context<AppEnv>,
  deps: EventsRoutesDeps & { open(request: StreamRequest): ReturnType<typeof openStream> },
  jobId: string,
  lastEventId: string | undefined,
): Promise<Response> {
  const afterSeq = parseSeq(c.req.header("last-event-id") ?? lastEventId);
  const [userId, sessionId] = [c.get("userId"), c.get("sessionId")];
  const request = { userId, sessionId, jobId, afterSeq };
  const connect = await deps.open(request).catch((error: unknown) => reconnectLater(c, error));
  if (connect instanceof Response) return connect;
  // 204 is how the HTML standard tells an EventSource to stop reconnecting.
  if (!connect) return new Response(null, { status: 204 });
  // A GET handler also serves HEAD, whose body is never read or cancelled. Bun would say that it is empty.
  if (c.req.method === "HEAD") {
    return new Response(null, { headers: { ...streamHeaders, "transfer-encoding": "chunked" } });
  }
  // Revoked while the scan was looked up: from here to the hub nothing is awaited.
  if (deps.revocations.hasSession(sessionId, userId)) throw new Fault("TOKEN_REVOKED");
  const release = deps.limits.take(userId);
  const given = { opening: encoder.encode(retryLine()), onEnd: onEndOf(c.env, c.req.raw, release) };
  return new Response(deps.openBody(deps.hub, given, connect), { headers: streamHeaders });
}

/**
 * A browser's EventSource never reconnects after a 503: while Redis is away it gets an empty stream with
 * `retry:`, and reconnects. Every other client gets the 503.
 */
function reconnectLater(c: Context<AppEnv>, error: unknown): Response {
  const isAway = error instanceof Fault && error.code === "UNAVAILABLE";
  const isEventSource = c.req.header("accept")?.includes("text/event-stream");
  if (!isAway || !isEventSource) throw error;
  return new Response(retryLine(), { headers: streamHeaders });
}

function retryLine(): string {
  return `retry: ${Math.round(retryMinMs + Math.random() * retryJitterMs)}\n\n`;
}

function parseSeq(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/**
 * Bun ends a quiet response after its idle timeout; a stream is quiet while a model thinks. No Hono context
 * in here: the two dozen closures of each would live as long as its stream.
 */
function onEndOf(
  env: ServerBindings | undefined,
  request: Request,
  release: () => void,
): (isTaken: boolean) => void {
  env?.timeout?.(request, 0);
  return (isTaken) => {
    release();
    // A proxy keeps the connection for the next request, as after any other response.
    env?.timeout?.(request, isTaken ? idleTimeoutS : drainTimeoutS);
  };
}

const streamFaults = [
  "INVALID_JOB_ID",
  "UNAUTHENTICATED",
  "JOB_NOT_FOUND",
  "TOO_MANY_STREAMS",
  "OVERLOADED",
  "UNAVAILABLE",
] as const;

const responses = (
  description: string,
  schema: typeof ScanStreamEvent | typeof ChatStreamEvent,
) => ({
  200: { description, schema, mediaType: "text/event-stream" },
  204: { description: "Everything was sent already: do not reconnect" },
});

const describeChatStream = (id: string) =>
  describe({
    id,
    tag: "events",
    summary: "Follow an answer; resume at the character with Last-Event-ID or last_event_id",
    headers: ["Last-Event-ID"],
    responses: responses(
      "Events: `id` is the seq, `event` the stage, or `failed` for `done` that failed, or `token`, `snapshot`, " +
        "`needs_input`; `data` as JSON. It ends after `done` or `failed`",
      ChatStreamEvent,
    ),
    faults: streamFaults,
  });

const describeStream = (id: string) =>
  describe({
    id,
    tag: "events",
    summary: "Follow a scan; resume with Last-Event-ID or last_event_id",
    headers: ["Last-Event-ID"],
    responses: responses(
      "Events: `id` is the seq, `event` the stage, or `failed` for `done` that failed; `data` as JSON. It ends after " +
        "`done` or `failed`",
      ScanStreamEvent,
    ),
    faults: streamFaults,
  });
