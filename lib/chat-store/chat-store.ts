import type { Redis } from "ioredis";
import * as v from "valibot";
import { type ChatStep, chatEvent, questionFrame, stageFrame } from "#lib/chat/chat-event.ts";
import type {
  ChatEnd,
  ChatEvents,
  EmitChatQueued,
  HeldChat,
  SealedChat,
} from "#lib/chat/chat-events.ts";
import type { ChatJob } from "#lib/chat/chat-message.ts";
import { chatEndSeq, nextSegment, questionSeq } from "#lib/chat/chat-seq.ts";
import type { Clock } from "#lib/clock/clock.ts";
import { Fault } from "#lib/error/fault.ts";
import type { Ended, StoreOptions } from "#lib/process/submit-metrics.ts";
import { keyPrefixOf, redisCall } from "#lib/redis/client.ts";
import { aliveKey, keepAlive } from "#lib/redis/process-lease.ts";
import { script } from "#lib/redis/script.ts";
import { tooManyInFlight } from "#lib/scan-store/queue-scan.ts";
import { createRetract } from "#lib/scan-store/retract.ts";
import { cancelChannel, cancelTtlS, inFlightTtlS, scanKeys } from "#lib/scan-store/scan-keys.ts";
import { chatContentKeys, chatEntriesMax, chatKeys, chatTtlS } from "./chat-keys.ts";
import * as lua from "./chat-scripts.ts";
import { lost, TokenWriter } from "./token-writer.ts";
import { Transcript } from "./transcript.ts";

/** Longer than a task may take: ends the run of a process that lives and has failed to release it. */
const runMsMax = 330_000;

/** The running answers in Redis: everything that writes them. `read-chat.ts` reads them. */
export interface ChatStore extends ChatEvents {
  readonly emitQueued: EmitChatQueued;
  /** For a process that begins jobs. @returns ends its hold on them. */
  keepLeases(): Promise<() => Promise<void>>;
  /** Makes a cancel durable and notifies every worker. False when the answer is complete, or has ended. */
  requestCancel(jobId: string): Promise<boolean>;
  /** @returns false when the job is over. */
  giveInput(jobId: string, type: string, json: string): Promise<boolean>;
}

/** @param options `inFlightMax`: messages of a user that may wait for their answer, 0 for no limit */
export function createChatStore(
  redis: Redis,
  clock: Clock,
  {
    checkpointTtlS = 3_600,
    onEnd = () => undefined,
    inFlightMax = 0,
  }: StoreOptions & { readonly inFlightMax?: number } = {},
): ChatStore {
  const holder = crypto.randomUUID();
  const scripts = defineScripts(redis);
  const writer = new TokenWriter(redis);
  const given = { redis, clock, scripts, writer, checkpointTtlS };
  return {
    begin: (job) => begin(given, job, holder),
    seal: (job, end) => seal(given, job, "", end),
    emitChatEnd: async (job, steps) => {
      const isNew = await emit(given, job, { run: "", steps, ends: endOf(steps) });
      if (isNew) onEnd(toEnd(job, steps.at(-1)?.result?.code, clock.now()));
    },
    isRetracted: async (jobId) =>
      (await redisCall(() => redis.get(scanKeys.cancel(jobId)))) === "retracted",
    forget: async (jobId) => {
      await redisCall(() => redis.del(...chatContentKeys(jobId)));
    },
    emitQueued: createEmitQueued(given, inFlightMax),
    keepLeases: () => keepAlive(redis, holder),
    requestCancel: async (jobId) => {
      const keys = [scanKeys.cancel(jobId), chatKeys.state(jobId)];
      const channel = keyPrefixOf(redis) + cancelChannel;
      return (await scripts.cancel(keys, [jobId, cancelTtlS, channel, chatEndSeq])) === 1;
    },
    giveInput: async (jobId, type, json) =>
      (await scripts.input([chatKeys.state(jobId)], [type, json, chatEndSeq])) === 1,
  };
}

function defineScripts(redis: Redis) {
  return {
    begin: script(redis, lua.BEGIN),
    emit: script(redis, lua.EMIT),
    seal: script(redis, lua.SEAL),
    cancel: script(redis, lua.CANCEL),
    ask: script(redis, lua.ASK),
    input: script(redis, lua.INPUT),
    release: script(redis, lua.RELEASE),
  };
}

interface Given {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly scripts: ReturnType<typeof defineScripts>;
  readonly writer: TokenWriter;
  readonly checkpointTtlS: number;
}

function toEnd({ message, epoch }: ChatJob, code: unknown, endedAt: number): Ended {
  return {
    jobId: message.job_id,
    code: typeof code === "string" ? code : undefined,
    model: message.model ?? undefined,
    epoch,
    submittedAt: message.submitted_at,
    endedAt,
  };
}

function createEmitQueued({ redis, clock }: Given, inFlightMax: number): EmitChatQueued {
  const retractable = createRetract(redis);
  return async ({ job_id: jobId, user_id: userId }) => {
    const event = chatEvent(
      { id: jobId, epoch: 0 },
      { stage: "queued", status: "started" },
      clock.now(),
    );
    const [state, replay] = [chatKeys.state(jobId), chatKeys.replay(jobId)];
    const inFlight = chatKeys.inFlight(userId);
    const keys = [state, replay, chatKeys.events, scanKeys.cancel(jobId), inFlight];
    const args = [
      ...[chatEndSeq, jobId, userId, event.seq, JSON.stringify({ ts: event.ts })],
      ...[stageFrame(event).text, chatTtlS, chatEntriesMax, event.ts, inFlightTtlS, inFlightMax],
    ];
    const queue = (on: Redis) => script(on, lua.QUEUE)(keys, args);
    const reply = await queue(redis);
    const [isOnItsWay, entryId = ""] = Array.isArray(reply) ? reply.map(String) : [];
    if (isOnItsWay === "-1") throw tooManyInFlight("TOO_MANY_CHATS_IN_FLIGHT", inFlightMax);
    return retractable(isOnItsWay === "1", {
      queue,
      retract: (on, markTtlS) => script(on, lua.RETRACT)(keys, [markTtlS, entryId, jobId]),
    });
  };
}

async function begin(
  given: Given,
  job: ChatJob,
  holder: string,
): Promise<Awaited<ReturnType<ChatEvents["begin"]>>> {
  const { redis, clock, scripts } = given;
  const { job_id: jobId, user_id: userId, submitted_at: submittedAt } = job.message;
  const run = `${holder}/${crypto.randomUUID()}`;
  const now = clock.now();
  const reply = await scripts.begin(
    [
      ...[chatKeys.state(jobId), chatKeys.replay(jobId), chatKeys.text(jobId)],
      ...[chatKeys.checkpoint(jobId), scanKeys.cancel(jobId)],
    ],
    [
      ...[chatEndSeq, userId, job.epoch, run, keyPrefixOf(redis) + aliveKey("")],
      ...[now, runMsMax, chatTtlS, nextSegment(0, now - submittedAt)],
    ],
  );
  const [word, first = "", text = "", ...checkpoints] = Array.isArray(reply)
    ? reply.map(String)
    : [];
  if (word === "over") return "over";
  if (word === "busy") throw lost();
  if (word === "cancelled") throw new Fault("CANCELLED");
  if (word === "sealed") return { end: parseEnd(first, text) };
  if (word !== "begun") throw new Error("unexpected reply of the begin script");
  const at = { epoch: job.epoch, segment: Number(first), bytes: Buffer.byteLength(text) };
  const transcript = new Transcript(jobId, run, at, () => clock.now() - submittedAt);
  return hold(given, job, { run, text, transcript, checkpoints: pairs(checkpoints) });
}

interface Held {
  readonly run: string;
  readonly text: string;
  readonly transcript: Transcript;
  readonly checkpoints: Map<string, string>;
}

function hold(given: Given, job: ChatJob, { run, text, transcript, checkpoints }: Held): HeldChat {
  const { scripts, writer } = given;
  const jobId = job.message.job_id;
  return {
    job,
    written: text,
    checkpoint: (stage) => checkpoints.get(stage),
    emit: async (steps, output) => {
      await emit(given, job, { run, steps, output });
    },
    write: (more) => {
      transcript.write(more);
      writer.changed(transcript);
    },
    replace: (whole) => {
      transcript.replace(whole);
      writer.changed(transcript);
    },
    flush: () => writer.flush(transcript),
    ask: async (type, until) => {
      const seq = questionSeq(job.epoch, type);
      const { text: frame } = questionFrame(jobId, seq, type, until);
      const keys = [chatKeys.state(jobId), chatKeys.events];
      const args = [jobId, run, type, seq, until, frame, chatEntriesMax, given.clock.now()];
      const reply = await scripts.ask(keys, args);
      const [word, value = ""] = Array.isArray(reply) ? reply.map(String) : [];
      if (word === "given") return value;
      if (word === "asked") return undefined;
      throw lost();
    },
    seal: (end) => seal(given, job, run, end),
    release: async () => {
      await scripts.release([chatKeys.state(jobId)], [run]);
    },
  };
}

async function emit(
  { scripts, clock, checkpointTtlS }: Given,
  job: ChatJob,
  what: {
    readonly run: string;
    readonly steps: readonly ChatStep[];
    readonly output?: { readonly stage: string; readonly json: string } | undefined;
    readonly ends?: "failed" | "for good";
  },
): Promise<boolean> {
  const { job_id: jobId, user_id: userId } = job.message;
  const events = what.steps.flatMap((step) => {
    const event = chatEvent({ id: jobId, epoch: job.epoch }, step, clock.now());
    const { seq, ts, result } = event;
    return [seq, JSON.stringify(result ? { ts, result } : { ts }), stageFrame(event).text];
  });
  const [state, replay] = [chatKeys.state(jobId), chatKeys.replay(jobId)];
  const [checkpoints, inFlight] = [chatKeys.checkpoint(jobId), chatKeys.inFlight(userId)];
  const keys = [state, replay, chatKeys.events, checkpoints, inFlight];
  const { stage = "", json = "" } = what.output ?? {};
  const reply = await scripts.emit(keys, [
    ...[chatEndSeq, jobId, what.run, chatTtlS, chatEntriesMax, stage, json, checkpointTtlS],
    ...[userId, what.ends ?? 0, ...events],
  ]);
  if (reply === "lost") throw lost();
  return reply === "new";
}

function endOf(steps: readonly ChatStep[]): "failed" | "for good" {
  const last = steps.at(-1);
  return last?.status === "failed" && last.result?.code !== "CANCELLED" ? "failed" : "for good";
}

async function seal(
  { scripts }: Given,
  job: ChatJob,
  run: string,
  end: ChatEnd,
): Promise<SealedChat> {
  const { job_id: jobId } = job.message;
  const keys = [chatKeys.state(jobId), chatKeys.text(jobId)];
  const reply = await scripts.seal(keys, [run, end.status, JSON.stringify(end), job.epoch]);
  const [word = "", json = "", text = ""] = Array.isArray(reply) ? reply.map(String) : [];
  // Redis has forgotten the job: whoever writes it writes it again.
  if (word === "lost" || (word === "gone" && run !== "")) throw lost();
  if (word === "gone") return { end, text: "" };
  return { end: parseEnd(word, json), text };
}

const Failed = v.object({ code: v.string(), message: v.string() });
const Outcome = v.object({
  intents: v.array(v.string()),
  sources: v.array(
    v.object({ type: v.string(), id: v.string(), title: v.string(), url: v.nullable(v.string()) }),
  ),
  usage: v.nullable(
    v.object({ model: v.string(), input_tokens: v.number(), output_tokens: v.number() }),
  ),
  title: v.nullable(v.string()),
  summary: v.nullable(v.string()),
});
const End = v.variant("status", [
  v.object({ status: v.literal("completed"), outcome: Outcome }),
  v.object({ status: v.picklist(["cancelled", "failed"]), error: Failed }),
]);

function parseEnd(status: string, json: string): ChatEnd {
  return v.parse(End, { ...JSON.parse(json), status });
}

function pairs(flat: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) map.set(flat[i] ?? "", flat[i + 1] ?? "");
  return map;
}
