import { Hono } from "hono";
import * as v from "valibot";
import { ScanEvent } from "#lib/contract/scan-event.ts";
import type { App, AppEnv } from "#lib/http/create-app.ts";
import { describe } from "#lib/http/openapi.ts";
import { requireUser } from "#lib/http/require-user.ts";
import { validate } from "#lib/http/validate.ts";
import type { Hub } from "../hub.ts";
import { type OpenStreamDeps, openStream } from "../open-stream.ts";
import type { Sink, Stream } from "../stream.ts";

/** Bytes a client may be behind before it is cut; it resumes with its last id. */
const unreadBytesMax = 64 * 1024;
const retryMinMs = 1_000;
/** Spreads the reconnects of clients that lost the same process. */
const retryJitterMs = 1_000;

const jobId = v.pipe(v.string(), v.uuid("INVALID_JOB_ID"));
const lastEventId = v.optional(v.pipe(v.string(), v.regex(/^\d{0,9}$/)));
const StreamQuery = v.object({ job_id: jobId, last_event_id: lastEventId }, "INVALID_JOB_ID");
const AliasQuery = v.object({ last_event_id: lastEventId });

export function createEventsRoutes(deps: OpenStreamDeps): App {
  const app = new Hono<AppEnv>();

  app.get(
    "/api/v1/stream",
    describeStream,
    requireUser(),
    validate("query", StreamQuery),
    async (c) => {
      const { job_id, last_event_id } = c.req.valid("query");
      liftIdleTimeout(c.env, c.req.raw);
      const resume = c.req.header("last-event-id") ?? last_event_id;
      return respond(deps, { userId: c.get("userId"), jobId: job_id, afterSeq: seqOf(resume) });
    },
  );

  app.get(
    "/api/v1/scan/:job_id/events",
    describeStream,
    requireUser(),
    validate("param", v.object({ job_id: jobId })),
    validate("query", AliasQuery),
    async (c) => {
      liftIdleTimeout(c.env, c.req.raw);
      const resume = c.req.header("last-event-id") ?? c.req.valid("query").last_event_id;
      const { job_id } = c.req.valid("param");
      return respond(deps, { userId: c.get("userId"), jobId: job_id, afterSeq: seqOf(resume) });
    },
  );
  return app;
}

async function respond(
  deps: OpenStreamDeps,
  request: Parameters<typeof openStream>[1],
): Promise<Response> {
  const connect = await openStream(deps, request);
  // 204 is how the HTML standard tells an EventSource to stop reconnecting.
  if (!connect) return new Response(null, { status: 204 });
  return new Response(body(deps.hub, connect), {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    },
  });
}

function body(hub: Hub, connect: (sink: Sink) => Stream): ReadableStream<Uint8Array> {
  let stream: Stream | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const retryMs = Math.round(retryMinMs + Math.random() * retryJitterMs);
        controller.enqueue(new TextEncoder().encode(`retry: ${retryMs}\n\n`));
        stream = connect(toSink(controller));
      },
      cancel() {
        if (stream) hub.remove(stream);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: unreadBytesMax }),
  );
}

function toSink(controller: ReadableStreamDefaultController<Uint8Array>): Sink {
  let ended = false;
  return {
    write: (bytes) => {
      if (ended || (controller.desiredSize ?? 0) <= 0) return false;
      controller.enqueue(bytes);
      return true;
    },
    end: () => {
      if (!ended) controller.close();
      ended = true;
    },
  };
}

function seqOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

/** Bun ends a quiet response after its idle timeout; a stream is quiet while a model thinks. */
function liftIdleTimeout(env: unknown, request: Request): void {
  if (typeof env !== "object" || env === null || !("timeout" in env)) return;
  if (typeof env.timeout === "function") env.timeout(request, 0);
}

const describeStream = describe({
  tag: "events",
  summary: "Follow a scan; resume with Last-Event-ID or last_event_id",
  answers: {
    200: {
      description: "Events: `id` is the seq, `event` the stage, `data` the event as JSON",
      schema: ScanEvent,
      mediaType: "text/event-stream",
    },
    204: { description: "Everything was sent already: do not reconnect" },
  },
  faults: ["INVALID_JOB_ID", "UNAUTHENTICATED", "JOB_NOT_FOUND", "UNAVAILABLE"],
});
