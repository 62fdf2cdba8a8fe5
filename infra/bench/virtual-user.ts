import * as v from "valibot";
import { createSseReader } from "./sse-reader.ts";
import type { Tally } from "./tally.ts";
import { type Answer, UserConnection } from "./user-connection.ts";

export interface UserOptions {
  readonly origin: string;
  readonly userId: string;
  readonly imageUrl: string;
  readonly tally: Tally;
  /** Scans whose result is read as well: every n-th. */
  readonly readsResultEvery: number;
  /** Before the same submit, or the same stream, is asked for again. */
  readonly retryMs?: number;
  /** No scan is begun once this is true. */
  isOver(): boolean;
}

const retryMsDefault = 1_000;

const Accepted = v.object({ job_id: v.string(), stream_url: v.string(), result_url: v.string() });
type Accepted = v.InferOutput<typeof Accepted>;
const Result = v.object({ status: v.string() });

/** Scans again and again, each at once after the one before, as a queue of impatient users would. */
export async function runUser(options: UserOptions): Promise<void> {
  const { origin, userId, tally, isOver, readsResultEvery } = options;
  const connection = new UserConnection(origin, { "X-User-ID": userId });
  for (let n = 0; !isOver(); n++) {
    const startedAt = performance.now();
    const idempotencyKey = `${userId}-${n}`;
    const job = await submit(connection, options, idempotencyKey);
    if (!job) break;
    tally.accept(performance.now() - startedAt);
    const { isCompleted, at } = await follow(connection, options, job.stream_url);
    tally.end({ jobId: job.job_id, userId, idempotencyKey }, isCompleted, at - startedAt);
    if (!isCompleted) tally.error("scan failed");
    if (tally.accepted % readsResultEvery === 0) await checkResult(connection, job, tally);
  }
  connection.close();
}

/** Undefined when the run is over before it is accepted. */
async function submit(
  connection: UserConnection,
  { imageUrl, tally, retryMs = retryMsDefault, isOver }: UserOptions,
  idempotencyKey: string,
): Promise<Accepted | undefined> {
  const request = {
    method: "POST",
    path: "/api/v1/scan",
    headers: { "X-Idempotency-Key": idempotencyKey },
    body: JSON.stringify({ image_url: imageUrl }),
  } as const;
  while (!isOver()) {
    const answer = await attempt(() => connection.send(request), "submit", tally);
    if (answer?.status === 202) return v.parse(Accepted, JSON.parse(answer.body));
    await Bun.sleep(retryMs);
  }
  return undefined;
}

/** Follows to the end, over as many connections as it takes. */
async function follow(
  connection: UserConnection,
  { tally, retryMs = retryMsDefault }: UserOptions,
  path: string,
): Promise<{ isCompleted: boolean; at: number }> {
  let end: { isCompleted: boolean; at: number } | undefined;
  let lastId = "";
  while (true) {
    const headers = lastId === "" ? { Accept: eventStream } : resumeFrom(lastId);
    let openedAt: number | undefined;
    const read = createSseReader(({ name, id, ts }) => {
      lastId = id;
      // What was written before the stream was open has waited for its reader, not for the system.
      if (openedAt !== undefined && ts >= openedAt) tally.event(Date.now() - ts);
      if (name === "done" || name === "failed") {
        end = { isCompleted: name === "done", at: performance.now() };
      }
    });
    const onBody = (text: string) => {
      // The first piece is the `retry:` line, sent when the stream opens.
      openedAt ??= Date.now();
      read(text);
    };
    const request = { method: "GET", path, headers } as const;
    await attempt(() => connection.send(request, onBody), "stream", tally);
    if (end) return end;
    tally.reconnects++;
    await Bun.sleep(retryMs);
  }
}

const eventStream = "text/event-stream";
const resumeFrom = (id: string) => ({ Accept: eventStream, "Last-Event-ID": id });

async function checkResult(
  connection: UserConnection,
  { result_url: path }: Accepted,
  tally: Tally,
): Promise<void> {
  const answer = await attempt(() => connection.send({ method: "GET", path }), "result", tally);
  if (answer === undefined) return;
  const result = v.safeParse(Result, answer.status === 200 ? JSON.parse(answer.body) : undefined);
  if (!result.success || result.output.status !== "completed") tally.error("result not completed");
}

/** Undefined without an answer; whatever is not a success is counted. */
async function attempt(
  send: () => Promise<Answer>,
  what: string,
  tally: Tally,
): Promise<Answer | undefined> {
  try {
    const answer = await send();
    if (answer.status >= 300) tally.error(`${what} ${answer.status} ${codeOf(answer)}`);
    return answer;
  } catch {
    tally.error(`${what} connection lost`);
    return undefined;
  }
}

/** The stable code of a problem document. */
function codeOf({ body }: Answer): string {
  return /"code":"(\w+)"/.exec(body)?.[1] ?? "";
}
