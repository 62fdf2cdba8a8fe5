import type { Redis } from "ioredis";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";
import type { Ended, StoreOptions } from "#lib/process/submit-metrics.ts";
import { redisCall } from "#lib/redis/client.ts";
import { type ScanEvent, type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import type { Checkpoints, PaidStage, ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanMessage, ScanRun } from "#lib/scan/scan-message.ts";
import type { StoredResult } from "#lib/scan/scan-result.ts";
import { createBeginStage } from "./begin-stage.ts";
import { createEventLog, type Setting } from "./emit-events.ts";
import { endSettings } from "./end-settings.ts";
import { createQueueScan } from "./queue-scan.ts";
import { createRequestCancel, createSeal } from "./request-cancel.ts";
import type { Retract } from "./retract.ts";
import { scanKeys } from "./scan-keys.ts";
import { StageLeases } from "./stage-leases.ts";

/** The running scans in Redis: everything that writes them. `read-scan.ts` reads them. */
export interface ScanStore extends ScanEvents {
  /**
   * Makes `queued` visible and keeps a copy of the request for a cancel. The scan is in flight from here to its end.
   *
   * @throws Fault `TOO_MANY_SCANS_IN_FLIGHT`.
   * @returns takes both back. A job that a message of an earlier submit may reach is marked then: no stage of it
   * begins before it is queued again.
   */
  emitQueued(message: ScanMessage): Promise<Retract>;
  /** For a process that begins stages. @returns ends its leases. */
  keepLeases(): Promise<() => Promise<void>>;
  /**
   * Makes a cancel durable and notifies every worker, in one step. False when it comes too late: the
   * scan has ended, or its last stage has begun.
   */
  requestCancel(jobId: string): Promise<boolean>;
  /** From here on a cancel comes too late; false when one came first. */
  seal(jobId: string): Promise<boolean>;
}

/** @param options `inFlightMax`: scans that a user may have in flight, 0 for no limit */
export function createScanStore(
  redis: Redis,
  clock: Clock,
  {
    checkpointTtlS = 3_600,
    onEnd = () => undefined,
    inFlightMax = 0,
  }: StoreOptions & { readonly inFlightMax?: number } = {},
): ScanStore {
  const eventLog = createEventLog(redis);
  const queueScan = createQueueScan(redis, inFlightMax);
  const leases = new StageLeases(redis);
  const beginStage = createBeginStage(redis, leases);
  const toEvent = ({ message, epoch }: ScanRun, step: ScanStep): ScanEvent =>
    scanEvent({ id: message.job_id, epoch }, step, clock.now());
  return {
    begin: async (run, stage) => {
      const started = { ...toEvent(run, { stage, status: "started" }), stage };
      const begun = await beginStage(run.message.user_id, started);
      if (typeof begun === "string") return begun;
      return { output: PARSE[stage](JSON.parse(begun.checkpoint), run.message) };
    },
    emit: async (run, update, checkpoints = {}) => {
      const { job_id: jobId, user_id: userId } = run.message;
      const settings = checkpointSettings(jobId, checkpoints, checkpointTtlS);
      await eventLog.emit(userId, [toEvent(run, update)], { settings });
      for (const stage of PAID_STAGES) if (checkpoints[stage]) leases.forget(jobId, stage);
    },
    release: ({ message }, stage) => leases.release(message.job_id, stage),
    emitUnlessCancelled: async (run, update) => {
      const events = [toEvent(run, update)];
      await eventLog.emit(run.message.user_id, events, { unlessCancelled: true });
    },
    isRetracted: async (jobId) =>
      (await redisCall(() => redis.get(scanKeys.cancel(jobId)))) === "retracted",
    emitEnd: async (run, steps, result) => {
      const { job_id: jobId, user_id: userId } = run.message;
      const events = steps.map((step) => toEvent(run, step));
      const settings = endSettings(jobId, userId, result);
      const accepted = await eventLog.emit(userId, events, { settings });
      for (const stage of PAID_STAGES) leases.forget(jobId, stage);
      // Where another delivery, or a cancel, was first, the end is theirs.
      if (accepted > 0) onEnd(toEnd(run, result, clock.now()));
    },
    emitQueued: (message) =>
      queueScan(message, toEvent({ message, epoch: 0 }, { stage: "queued", status: "started" })),
    keepLeases: () => leases.keepAlive(),
    requestCancel: createRequestCancel(redis),
    seal: createSeal(redis),
  };
}

function toEnd({ message, epoch }: ScanRun, result: StoredResult, endedAt: number): Ended {
  return {
    jobId: message.job_id,
    code: result.error?.code,
    model: result.vision?.meta.model ?? message.model,
    epoch,
    submittedAt: message.submitted_at,
    endedAt,
  };
}

const PARSE: {
  readonly [S in PaidStage]: (json: unknown, message: ScanMessage) => Checkpoints[S];
} = {
  vision: (json, { user_input }) => {
    const { meta, ...seen } = v.parse(ClassificationResult, json);
    return { ...seen, meta: { ...meta, user_input } };
  },
  answer: (json) => v.parse(FinalAnswer, json),
};

/** Without the question, which the message has: up to 3 KB that a failed scan would leave for an hour. */
const STRINGIFY: { readonly [S in PaidStage]: (output: Checkpoints[S]) => string } = {
  vision: ({ meta, ...seen }) => JSON.stringify({ ...seen, meta: { ...meta, user_input: "" } }),
  answer: JSON.stringify,
};

function stringify<S extends PaidStage>(
  stage: S,
  output: Checkpoints[S] | undefined,
): string | undefined {
  return output && STRINGIFY[stage](output);
}

const PAID_STAGES: readonly PaidStage[] = ["vision", "answer"];

/** Where an output is kept nobody asks for its lease any more, which goes with the end of the scan. */
function checkpointSettings(
  jobId: string,
  checkpoints: Partial<Checkpoints>,
  ttlS: number,
): Setting[] {
  return PAID_STAGES.flatMap((stage) => {
    const value = stringify(stage, checkpoints[stage]);
    return value === undefined ? [] : [{ key: scanKeys.checkpoint(jobId, stage), value, ttlS }];
  });
}
