import type { Redis } from "ioredis";
import * as v from "valibot";
import type { Clock } from "#lib/clock/clock.ts";
import { FinalAnswer } from "#lib/contract/answer.ts";
import { ClassificationResult } from "#lib/contract/classification.ts";
import { type ScanEvent, type ScanStep, scanEvent } from "#lib/scan/scan-event.ts";
import type { Checkpoints, PaidStage, ScanEvents } from "#lib/scan/scan-events.ts";
import type { ScanMessage, ScanRun } from "#lib/scan/scan-message.ts";
import { createBeginStage } from "./begin-stage.ts";
import { createEventLog, type Setting } from "./emit-events.ts";
import { endSettings } from "./end-settings.ts";
import { createRequestCancel, createSeal } from "./request-cancel.ts";
import { replayTtlS, scanKeys } from "./scan-keys.ts";

/** The running scans in Redis: everything that writes them. `read-scan.ts` reads them. */
export interface ScanStore extends ScanEvents {
  /**
   * Makes `queued` visible and keeps a copy of the request for a cancel.
   *
   * @returns removes both again, unless an earlier submit of the same job had emitted the event: that
   * job may be running.
   */
  emitQueued(message: ScanMessage): Promise<() => Promise<void>>;
  /**
   * Makes a cancel durable and notifies every worker, in one step. False when it comes too late: the
   * scan has ended, or its last stage has begun.
   */
  requestCancel(jobId: string): Promise<boolean>;
  /** From here on a cancel comes too late; false when one came first. */
  seal(jobId: string): Promise<boolean>;
}

/** @param options `checkpointTtlS`: how long a paid output is kept for a redelivery, in seconds */
export function createScanStore(
  redis: Redis,
  clock: Clock,
  { checkpointTtlS = 3_600 } = {},
): ScanStore {
  const eventLog = createEventLog(redis);
  const beginStage = createBeginStage(redis);
  const toEvent = ({ message, epoch }: ScanRun, step: ScanStep): ScanEvent =>
    scanEvent({ id: message.job_id, epoch }, step, clock.now());
  return {
    begin: async (run, stage) => {
      const started = { ...toEvent(run, { stage, status: "started" }), stage };
      const begun = await beginStage(run.message.user_id, started);
      if (typeof begun === "string") return begun;
      return { output: PARSE[stage](JSON.parse(begun.checkpoint)) };
    },
    emit: async (run, update, checkpoints = {}) => {
      const settings = checkpointSettings(run.message.job_id, checkpoints, checkpointTtlS);
      await eventLog.emit(run.message.user_id, [toEvent(run, update)], { settings });
    },
    emitUnlessCancelled: async (run, update) => {
      const events = [toEvent(run, update)];
      await eventLog.emit(run.message.user_id, events, { unlessCancelled: true });
    },
    emitEnd: async (run, steps, result) => {
      const { job_id: jobId, user_id: userId } = run.message;
      const events = steps.map((step) => toEvent(run, step));
      await eventLog.emit(userId, events, { settings: endSettings(jobId, userId, result) });
    },
    emitQueued: async (message) => {
      const { job_id: jobId, user_id: userId } = message;
      const event = toEvent({ message, epoch: 0 }, { stage: "queued", status: "started" });
      const value = JSON.stringify(message);
      const settings = [{ key: scanKeys.request(jobId), value, ttlS: replayTtlS }];
      const ids = await eventLog.emit(userId, [event], { settings });
      return async () => (ids.length > 0 ? eventLog.retract(jobId, ids) : undefined);
    },
    requestCancel: createRequestCancel(redis),
    seal: createSeal(redis),
  };
}

const PARSE: { readonly [S in PaidStage]: (json: unknown) => Checkpoints[S] } = {
  vision: (json) => v.parse(ClassificationResult, json),
  answer: (json) => v.parse(FinalAnswer, json),
};

function checkpointSettings(
  jobId: string,
  { vision, answer }: Partial<Checkpoints>,
  ttlS: number,
): Setting[] {
  return [
    { key: scanKeys.checkpoint(jobId, "vision"), output: vision },
    { key: scanKeys.checkpoint(jobId, "answer"), output: answer },
  ].flatMap(({ key, output }) => (output ? [{ key, value: JSON.stringify(output), ttlS }] : []));
}
